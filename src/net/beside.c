#include "net/beside.h"
#include "net/address_priv.h"
#include "net/verbs.h"

#define AUTOMATIC_TRAFFIC_CLASS (1 << 2)        /* DSCP 1, lower effort (RFC 8622) */

/* IPv4 comes on sockets of both families. */
void dx_beside_ask(dx_loop *loop, int fd, sa_family_t family)
{
	if (family == AF_INET6) {
		(void)dx_verb_setsockopt(loop, fd, DX_OPTION(IPPROTO_IPV6, IPV6_RECVTCLASS), 1);
		(void)dx_verb_setsockopt(loop, fd, DX_OPTION(IPPROTO_IPV6, IPV6_RECVPKTINFO), 1);
	}
	if (family != AF_UNIX) {
		(void)dx_verb_setsockopt(loop, fd, DX_OPTION(IPPROTO_IP, IP_RECVTOS), 1);
		(void)dx_verb_setsockopt(loop, fd, DX_OPTION(IPPROTO_IP, IP_PKTINFO), 1);
	}
}

/* Reading */

static dx_addr ours_v4(const dx_addr *bound, struct in_addr address)
{
	return (dx_addr){ .len = sizeof(struct sockaddr_in),
			  .in = { .sin_family = AF_INET, .sin_port = htons(dx_addr_port(bound)), .sin_addr = address } };
}

static dx_addr ours_v6(const dx_addr *bound, const struct in6_pktinfo *at)
{
	dx_addr a = *bound;

	a.in6.sin6_addr = at->ipi6_addr;
	a.in6.sin6_scope_id = IN6_IS_ADDR_LINKLOCAL(&at->ipi6_addr) ? at->ipi6_ifindex : 0;
	return a;
}

/* Where one was sent to is another address than our own where it is everybody's (ip(7): ipi_addr, ipi_spec_dst). Of IPv4 on an IPv6
 * socket it is told in both ways. */
static void read_one(const struct cmsghdr *c, const dx_addr *bound, dx_datagram_info *info, dx_addr *to)
{
	struct in_pktinfo at = { .ipi_ifindex = 0 };
	struct in6_pktinfo at6 = { .ipi6_ifindex = 0 };
	int traffic_class = 0;

	if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS) {
		traffic_class = *CMSG_DATA(c);
	} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS) {
		memcpy(&traffic_class, CMSG_DATA(c), sizeof traffic_class);
	} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
		memcpy(&at, CMSG_DATA(c), sizeof at);
		*to = ours_v4(bound, at.ipi_spec_dst);
	} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
		memcpy(&at6, CMSG_DATA(c), sizeof at6);
		if (!IN6_IS_ADDR_V4MAPPED(&at6.ipi6_addr) && !IN6_IS_ADDR_MULTICAST(&at6.ipi6_addr))
			*to = ours_v6(bound, &at6);
	}
	info->automatic |= (traffic_class & ~3) == AUTOMATIC_TRAFFIC_CLASS;
	info->to_group |= at.ipi_addr.s_addr != at.ipi_spec_dst.s_addr || IN6_IS_ADDR_MULTICAST(&at6.ipi6_addr);
}

void dx_beside_read(struct msghdr *msg, const dx_addr *bound, dx_datagram_info *info, dx_addr *to)
{
	to->len = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c))
		read_one(c, bound, info, to);
	info->to = to->len > 0 && dx__addr_is_everywhere(bound) ? to : NULL;
}

/* Putting */

static void put_one(struct msghdr *msg, int level, int type, const void *data, size_t size)
{
	struct cmsghdr *c = (struct cmsghdr *)(void *)((uint8_t *)msg->msg_control + msg->msg_controllen);

	*c = (struct cmsghdr){ .cmsg_level = level, .cmsg_type = type, .cmsg_len = CMSG_LEN(size) };
	memcpy(CMSG_DATA(c), data, size);
	msg->msg_controllen += CMSG_SPACE(size);
}

static void put_mark(struct msghdr *msg, const dx_addr *whom)
{
	static const int automatic = AUTOMATIC_TRAFFIC_CLASS;

	if (whom->sa.sa_family == AF_INET || dx__addr_is_mapped(whom))
		put_one(msg, IPPROTO_IP, IP_TOS, &automatic, sizeof automatic);
	else
		put_one(msg, IPPROTO_IPV6, IPV6_TCLASS, &automatic, sizeof automatic);
}

static void put_source(struct msghdr *msg, const dx_addr *ours)
{
	if (ours->sa.sa_family == AF_INET) {
		struct in_pktinfo from = { .ipi_spec_dst = ours->in.sin_addr };

		put_one(msg, IPPROTO_IP, IP_PKTINFO, &from, sizeof from);
	} else if (ours->sa.sa_family == AF_INET6) {
		struct in6_pktinfo from = { ours->in6.sin6_addr, ours->in6.sin6_scope_id };

		put_one(msg, IPPROTO_IPV6, IPV6_PKTINFO, &from, sizeof from);
	}
}

void dx_beside_put(struct msghdr *msg, const dx_addr *whom, const dx_addr *ours, bool automatic)
{
	msg->msg_controllen = 0;
	if (whom->sa.sa_family == AF_UNIX)
		return;
	if (automatic)
		put_mark(msg, whom);
	if (ours != NULL)
		put_source(msg, ours);
}
