/* What help says besides the rows of options and commands. Included once, by help.c. */
static const struct item frames[] = {
	{ "auto", N_("a line ended by LF or CRLF is a message; text without a line end is one once nothing has followed for 50 ms "
	             "(1 s from a peer that has ended a line before) or the peer has finished; the default") },
	{ "raw", N_("what one read brings is a message") },
	{ "line", N_("what stands before LF or CRLF is a message") },
	{ "crlf", N_("what stands before CRLF is a message") },
	{ "nul", N_("what stands before a NUL is a message") },
	{ "delim", N_("delim:HEX: what stands before these bytes is a message, as in delim:0d0a") },
	{ "len1", N_("a message is as many bytes as the one before it says") },
	{ "len2", N_("as many as the two before it say, the high one first; len2+le the low one first") },
	{ "len4", N_("the same with four; len4+le") },
	{ "len8", N_("the same with eight; len8+le") },
	{ "fixed", N_("fixed:N: every N bytes are a message, as in fixed:8") },
	{ "gap", N_("gap:T: what stands before a silence of T is a message, as in gap:50ms") },
};

static const struct item statuses[] = {
	{ "0", N_("done") },
	{ "1", N_("anything else that failed: memory, disk, a pipe, an address in use") },
	{ "2", N_("the command line makes no sense") },
	{ "3", N_("the name was not found") },
	{ "4", N_("refused, or unreachable") },
	{ "5", N_("timed out") },
	{ "6", N_("reset by the other side, or cut off before all was delivered") },
	{ "8", N_("what --wait or --count asked for did not come") },
	{ "130", N_("ended by Ctrl-C") },
	{ "141", N_("whoever read the output has gone") },
};

static const struct item inputs[] = {
	{ "connect", N_("a stream: the end of standard input finishes writing, and what comes is shown until the other side finishes; "
	                "--linger bounds that. When the other side finishes first, what standard input has is still sent; the status "
	                "is 0 if all of it was acknowledged, else 6. Datagrams: late answers have 1 s, or --linger") },
	{ "listen", N_("after the end of standard input nothing more is sent, and the peers go on. A peer that finishes goes; the others "
	               "stay") },
	{ "listen --once", N_("as connect: standard input waits for the peer, and its end finishes writing") },
	{ "send", N_("with --wait none and close writing is finished at once; with the others when the wait is over, since many devices "
	             "take a finished sender for a hang-up. The other side's end before all was acknowledged is status 6; before "
	             "what was waited for came, 8") },
	{ "chat", N_("at a terminal one leaves once what was typed has gone; elsewhere as connect. When the other side ends it, that is "
	             "said and the status is 0") },
};

static const struct item endpoints[] = {
	{ "tcp://HOST:PORT", N_("a TCP stream; tcp4:// and tcp6:// force the family. HOST:PORT and HOST PORT are short for it") },
	{ "udp://HOST:PORT", N_("UDP datagrams; udp4://, udp6://") },
	{ "tcp://:PORT", N_("every address of this machine to listen on, this machine to connect to; PORT alone is short for it. "
	                    "Port 0 lets the kernel choose") },
	{ "tcp://[::1]:80", N_("an IPv6 address stands in brackets") },
	{ "unix:PATH", N_("a Unix stream socket; unix:@NAME in the abstract name space") },
	{ "unix-dgram:PATH", N_("Unix datagrams") },
	{ "fd://N", N_("an inherited socket") },
	{ ",key=value", N_("keys may follow: bind=[ADDRESS]:PORT encoding= frame= eol= mode= nodelay=0|1 sndbuf=BYTES rcvbuf=BYTES "
	                   "backlog=N reuseport=0|1 congestion=NAME perm=OCTAL expire=TIME. %2C is a comma in a path") },
};

static const struct item variables[] = {
	{ "LANGUAGE, LC_ALL, LC_MESSAGES, LANG", N_("the language of help, notices and errors: English or Chinese; the first that is "
	                                            "set counts") },
	{ "NO_COLOR, TERM", N_("no colours where NO_COLOR is not empty, or TERM is dumb or missing") },
};

static const struct topic {
	const char *names[2], *heading;
	const struct item *items;
	size_t count, at;               /* the column where lines begin */
} topics[] = {
#define TOPIC(name, other, heading, list, column) { { name, other }, heading, list, sizeof list / sizeof list[0], column }
	TOPIC("endpoints", "endpoint", N_("Endpoints"), endpoints, 20),
	TOPIC("frames", "framing", N_("Frames"), frames, 9),
	TOPIC("input", "eof", N_("End of input"), inputs, 17),
	TOPIC("exit", "status", N_("Exit status"), statuses, 8),
	TOPIC("environment", "variables", N_("Environment"), variables, 18),
#undef TOPIC
};

static const char introduction[] = N_(
	"duplex holds any conversation that can be held over a socket: it listens,\n"
	"connects, sends and chats, from a terminal, a pipe or a script, in the other\n"
	"side's encoding.\n"
	"\n"
	"Try, in one terminal,\n"
	"  duplex listen 8090                    # see who comes, answer\n"
	"and in another\n"
	"  duplex connect 127.0.0.1 8090         # type; Ctrl-D ends it\n"
	"  duplex send 127.0.0.1:8090 hello      # say one thing and leave\n"
	"or, over UDP and in GB2312,\n"
	"  duplex listen udp://:7788 -e gb2312 --reply '{data} too'\n"
	"  duplex send udp://127.0.0.1:7788 hello -e gb2312 --wait 1\n"
	"\n"
	"duplex help            the commands\n"
	"duplex help listen     a command, its options and examples\n"
	"duplex help endpoints  where one can talk: tcp:// udp:// unix: …");

static const char more_help[] = N_(
	"`duplex help WORD` says more about a command, an option (--reply), endpoints, encodings, frames, "
	"the end of input and exit status.");

static const char description[] = N_(
	"duplex listens, connects, sends and chats over TCP, UDP and Unix sockets: from a terminal, a pipe or "
	"a script, in the other side's encoding. What peers say goes to standard output; notices and errors "
	"go to standard error, and off a terminal only warnings, errors and the port are told.");

static const char encodings_told[] = N_(
	"The names, and others for the same; capitals, - and _ do not matter. gb2312 and gbk are decoded as GB18030, "
	"which is what comes under those names, and encoded strictly as what was named.");
