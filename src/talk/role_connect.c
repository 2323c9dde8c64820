/* connect: the client. Lines or bytes, both ways, until the peer ends. */
#include "talk/place.h"
#include "talk/role_shared.h"

const dx_role dx_role_connect = { .name = "connect", .open = dx_place_connect, .input_ended = dx_role_finish_and_stay,
				  .peer_ended = dx_role_finish_after_peer, .peer_gone = dx_role_end_with_peer };
