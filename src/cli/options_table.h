/* The options, row by row, in the order in which help gives them: see dx_option. Included once, by options.c. */
/* Talking */
{ "--mode", 'm', DX_KIND_MODE, DX_TALKING, TALKERS, PUT(manner.mode), .argument = "NAME", .fallback = "full",
  .line = N_("who may speak when: full, half, simplex-in, simplex-out"),
  .paragraph = N_("full is a telephone: both at any time. half is a walkie-talkie: after sending, sending waits until the "
                  "other side has answered. simplex-in only hears and reads no input; simplex-out only speaks, and "
                  "discards what comes."),
  .example = "duplex listen tcp://:25555 --mode half" },
{ "--encoding", 'e', DX_KIND_ENCODING, DX_TALKING, ALL, PUT(manner.encoding), .argument = "NAME", .fallback = "utf-8",
  .line = N_("the other side's character set"),
  .paragraph = N_("What is sent is encoded so, what comes is decoded from it and shown as UTF-8. Without it bytes pass as "
                  "they are. `duplex help encodings` lists the names."),
  .example = "duplex send udp://127.0.0.1:7789 你好 -e gb2312" },
{ "--frame", 'f', DX_KIND_FRAME, DX_TALKING, ALL, PUT_NAMED(manner.frame_in, manner.frame_named), .argument = "NAME",
  .fallback = "auto", .line = N_("the rule that cuts a stream into messages, both ways"),
  .paragraph = N_("auto: a line is a message, and so is text without a line end once nothing follows for 50 ms. raw: what one "
                  "read brings. line, crlf, nul, delim:HEX: what stands before such an end. len1, len2, len4, len8: as many "
                  "bytes as the 1 to 8 before it say; len2+le, len4+le, len8+le: the low byte first. fixed:N: N bytes. gap:T: "
                  "what stands before a silence of T. delim, len1 to len8 and fixed frame what is sent too. With --hex and the "
                  "views hex and both the default is gap:50ms. Datagrams are messages already."),
  .example = "duplex listen tcp://:8090 --frame gap:50ms --show hex" },
{ "--frame-in", 0, DX_KIND_FRAME, DX_TALKING, ALL, PUT_NAMED(manner.frame_in, manner.frame_named), .argument = "NAME",
  .line = N_("the same, only for what comes"), .paragraph = N_("As --frame, for what the other side sends."),
  .example = "duplex connect 127.0.0.1:8090 --frame-in nul" },
{ "--frame-out", 0, DX_KIND_FRAME, DX_TALKING, ALL, PUT_NAMED(manner.frame_out, manner.frame_out_named), .argument = "NAME",
  .line = N_("the same, only for what is sent"), .paragraph = N_("As --frame, for what this side sends; with line, crlf and nul a line ends so, whatever --eol says. In a frame "
                                                    "of another kind there is a line end only where --eol names one. Files and --echo "
                                                    "are sent as they are."),
  .example = "duplex connect 127.0.0.1:8090 --frame-out crlf" },
{ "--eol", 0, DX_KIND_CHOICE, DX_TALKING, ALL, PUT_NAMED(manner.eol, manner.eol_named), .argument = "NAME",
  .choices = { "follow", "lf", "crlf", "cr", "nul", "none" }, .first = DX_EOL_FOLLOW, .fallback = "follow",
  .line = N_("how a sent line ends: follow, lf, crlf, cr, nul, none"),
  .paragraph = N_("follow: with listen as that peer's last message ended, elsewhere LF. Datagrams get no line end unless this "
                  "names one."),
  .example = "duplex connect 127.0.0.1:8090 --eol crlf" },
{ "-n", 'n', DX_KIND_SET, DX_TALKING, ALL, PUT_NAMED(manner.eol, manner.eol_named), .first = DX_EOL_NONE,
  .line = N_("no line end: the same as --eol none"),
  .paragraph = N_("For programs that compare words: they want `exit`, not `exit` and a line end."),
  .example = "duplex connect 127.0.0.1:8090 -n" },
{ "--unmappable", 0, DX_KIND_CHOICE, DX_TALKING, ALL, PUT(unmappable), .argument = "WHAT", .choices = { "error", "replace" },
  .first = DX_UNMAPPABLE_ERROR, .fallback = "error",
  .line = N_("a character that the encoding lacks: error, replace"),
  .paragraph = N_("error: such a line is not sent, and the character is named. replace: a substitute is sent instead."),
  .example = "duplex connect 127.0.0.1:8090 -e gb2312 --unmappable replace" },
{ "--greet", 0, DX_KIND_TEXT, DX_TALKING, LISTEN | CONNECT, PUT(greet), .argument = "TEXT",
  .line = N_("first words to each peer"),
  .paragraph = N_("A template: {ip} {port} {peer} {time} {n} stand for the peer's values, any other brace for itself; escapes "
                  "\\n \\r \\t \\0 \\\\ \\xHH \\u{…} hold, and \\xff is that byte in every encoding. It ends as --eol says."),
  .example = "duplex listen tcp://:50000 --greet 'hello welcome {ip}: {port}'" },
{ "--reply", 0, DX_KIND_TEXT, DX_TALKING, LISTEN | CONNECT, PUT(reply), .argument = "TEXT",
  .line = N_("the answer to every message"),
  .paragraph = N_("A template as --greet's, in which {data} is the message as it came. What a peer said is never expanded "
                  "again. Over UDP an answer is marked as automatic, and what bears the mark is not answered. A sender of "
                  "datagrams that 64 times in a row gives our answer back or says the same again, each time at once, is "
                  "taken for an echo and not answered for a second."),
  .example = "duplex listen udp://:25556 --reply '{data}| lee'" },
{ "--echo", 0, DX_KIND_FLAG, DX_TALKING, LISTEN | CONNECT, PUT(echo), .line = N_("send back what comes, byte for byte"),
  .paragraph = N_("The bytes as they came, at once, whatever the view or encoding. What --reply does about echoes is done "
                  "here too, except on this machine."), .example = "duplex listen tcp://:7 --echo" },
{ "--hangup", 0, DX_KIND_WORDS, DX_TALKING, LISTEN | CONNECT, PUT(hangup), .argument = "WORD",
  .line = N_("let a peer go that says WORD; may be repeated"),
  .paragraph = N_("A message that is WORD, in capitals or small letters and whatever its line end, ends that peer's "
                  "conversation, unanswered. The others go on."),
  .example = "duplex listen tcp://:8090 --hangup exit --hangup bye" },
{ "--until", 0, DX_KIND_WORDS, DX_TALKING, TALKERS, PUT(until), .argument = "WORD",
  .line = N_("leave once WORD was sent or received; may be repeated"),
  .paragraph = N_("A message that is WORD, in capitals or small letters and whatever its line end, is shown and sent, and then "
                  "the session ends."),
  .example = "duplex connect udp://127.0.0.1:7788,bind=:9999 --until exit" },
{ "-4", '4', DX_KIND_SET, DX_TALKING, ALL, PUT(family), .first = AF_INET, .line = N_("IPv4 only"),
  .paragraph = N_("As tcp4:// and udp4:// in every endpoint."), .example = "duplex listen tcp://:8090 -4" },
{ "-6", '6', DX_KIND_SET, DX_TALKING, ALL, PUT(family), .first = AF_INET6, .line = N_("IPv6 only"),
  .paragraph = N_("As tcp6:// and udp6:// in every endpoint."), .example = "duplex listen tcp://:8090 -6" },

/* Sending */
{ "--hex", 0, DX_KIND_FLAG, DX_SENDING, ALL, PUT(hex), .line = N_("TEXT and typed lines are hex"),
  .paragraph = N_("Pairs of hex digits; spaces, commas, colons and 0x may stand between them. They are sent as they are, "
                  "without a line end."),
  .example = "duplex send udp://127.0.0.1:7788 '01 03 00 00 00 0a' --hex" },
{ "--file", 0, DX_KIND_STRING, DX_SENDING, SEND, PUT(file), .argument = "FILE", .line = N_("send a file's bytes, after any TEXT"),
  .paragraph = N_("The bytes as they are; - is standard input."), .example = "duplex send tcp://127.0.0.1:8090 --file photo.jpg" },
{ "--wait", 0, DX_KIND_WAIT, DX_SENDING, SEND, PUT(wait), .argument = "FOR", .fallback = "none",
  .line = N_("what to wait for: none, close, N, idle:T, until:TEXT"),
  .paragraph = N_("none: until all that was sent is acknowledged. close: until the other side finishes. N: that many messages. "
                  "idle:T: T of silence after all was sent. until:TEXT: the bytes that came contain TEXT. What comes "
                  "meanwhile is shown; if it ends before, the status is 8."),
  .example = "duplex send tcp://127.0.0.1:80 'GET / HTTP/1.0\\r\\n\\r\\n' --wait close" },

/* Ending */
{ "--once", 0, DX_KIND_FLAG, DX_ENDING, LISTEN, PUT(once), .line = N_("serve one peer, then leave"),
  .paragraph = N_("Off a terminal its bytes are passed on as they come, and standard input goes to it. Over UDP the first "
                  "sender is the only one."),
  .example = "duplex listen tcp://:8090 --once > photo.jpg" },
{ "--count", 0, DX_KIND_COUNT, DX_ENDING, LISTEN | CONNECT, PUT(count), .argument = "N",
  .line = N_("leave after N messages received"),
  .paragraph = N_("The last one is answered first. If the session ends before, the status is 8."),
  .example = "duplex listen udp://:8080 --count 1" },
{ "--timeout", 'w', DX_KIND_DURATION, DX_ENDING, ALL, PUT(timeout_ns), .argument = "TIME",
  .line = N_("give up connecting, or on silence, after TIME"),
  .paragraph = N_("Sets --connect-timeout and --idle where they are not given, and bounds the waiting for an answer. Times are "
                  "like 500ms, 0.5s, 2s, 1m; a bare number is seconds and 0 is for ever. The status is 5 when it runs out."),
  .example = "duplex connect 127.0.0.1:8090 -w 3" },
{ "--connect-timeout", 0, DX_KIND_DURATION, DX_ENDING, ALL, PUT(connect_timeout_ns), .argument = "TIME",
  .line = N_("give up connecting after TIME"), .paragraph = N_("All addresses of a name together. The status is 5."),
  .example = "duplex connect localhost:8090 --connect-timeout 2s" },
{ "--idle", 0, DX_KIND_DURATION, DX_ENDING, ALL, PUT(idle_ns), .argument = "TIME", .line = N_("give up after TIME of silence"),
  .paragraph = N_("With listen it is a peer's silence, and that peer is let go; elsewhere the session's, whose status is 5."),
  .example = "duplex listen tcp://:8090 --idle 10m" },
{ "--deadline", 0, DX_KIND_DURATION, DX_ENDING, ALL, PUT(deadline_ns), .argument = "TIME",
  .line = N_("leave after TIME, whatever happens"), .paragraph = N_("Counted from the start. The status is 5."),
  .example = "duplex listen tcp://:8090 --deadline 1h" },
{ "--linger", 0, DX_KIND_DURATION, DX_ENDING, TALKERS, PUT(linger_ns), .argument = "TIME",
  .line = N_("after the end of input, hear at most TIME more"),
  .paragraph = N_("Without it a stream is read until the other side finishes, and a datagram socket for 1 s."),
  .example = "echo ping | duplex connect udp://127.0.0.1:7788 --linger 3s" },
{ "--max-peers", 0, DX_KIND_COUNT, DX_ENDING, LISTEN, PUT(max_peers), .argument = "N",
  .line = N_("serve N at a time; others wait in the backlog"),
  .paragraph = N_("With 1 the clients are served one after another."), .example = "duplex listen tcp://:8090 --max-peers 1" },

/* Showing */
{ "--show", 's', DX_KIND_VIEW, DX_SHOWING, ALL, PUT(view), .argument = "VIEW",
  .line = N_("text, hex, both, quoted, raw, none"),
  .paragraph = N_("How a message is shown. Off a terminal connect, send and listen --once give the bytes as they came (raw), any "
                  "other listen one message a line (text). Nothing but raw lets a control character through to a terminal."),
  .example = "duplex listen udp://:7788 --show both" },
{ "--format", 0, DX_KIND_TEXT, DX_SHOWING, ALL, PUT(format), .argument = "STRING", .line = N_("show each message by a template"),
  .paragraph = N_("{time} {peer} {address} {direction} {length} {text} {hex} stand for the message's values. A line end follows "
                  "unless it has one."),
  .example = "duplex listen udp://:7789 -e gb2312 --format '[{address}]:{text}'" },
{ "--time", 't', DX_KIND_CHOICE, DX_SHOWING, ALL, PUT(time), .argument = "STYLE",
  .choices = { "clock", "iso", "since", "none" }, .first = DX_TIME_CLOCK,
  .line = N_("times before messages: clock, iso, since, none"),
  .paragraph = N_("clock: 12:03:04.123. iso: with the date. since: seconds since the message before. Off a terminal a style other than none "
                  "shows a message a line (text) where no view is named."),
  .example = "duplex listen tcp://:8090 --time iso" },
{ "--json", 'j', DX_KIND_FLAG, DX_SHOWING, ALL, PUT(json), .line = N_("JSON lines out, and in"),
  .paragraph = N_("Each event is one JSON object a line on standard output. Standard input takes such lines, too: "
                  "{\"send\":\"hello\",\"to\":[1]} {\"hex\":\"41 0a\"} {\"hangup\":1} {\"quit\":true}."),
  .example = "duplex listen tcp://:8090 --json" },
{ "--quiet", 'q', DX_KIND_FLAG, DX_SHOWING, ALL, PUT(quiet), .line = N_("no notices, only errors and the port"),
  .paragraph = N_("`listening on ENDPOINT` is said all the same."), .example = "duplex listen tcp://:8090 -q" },
{ "--status", 0, DX_KIND_FLAG, DX_SHOWING, TALKERS, PUT(status), .line = N_("a line with peers, messages, bytes and rate"),
  .paragraph = N_("At a terminal, above the line that is typed: who is here, messages and bytes each way, bytes a second."),
  .example = "duplex listen tcp://:8090 --status" },
{ "--name", 0, DX_KIND_STRING, DX_SHOWING, TALKERS, PUT(name), .argument = "NAME",
  .line = N_("what you say is shown under NAME, here only"),
  .paragraph = N_("At a terminal. It is not sent: there is no protocol in which the other side would understand it."),
  .example = "duplex chat udp://127.0.0.1:4567 --name lee" },
{ "--verbose", 'v', DX_KIND_MORE, DX_SHOWING, ALL, PUT(verbose), .line = N_("notices off a terminal, too"),
  .paragraph = N_("Who came and who left, and time and peer before each message."), .example = "duplex listen tcp://:8090 -v" },
{ "--color", 0, DX_KIND_CHOICE, DX_SHOWING, ALL, PUT(color), .argument = "WHEN", .choices = { "auto", "always", "never" },
  .first = DX_COLOR_AUTO, .fallback = "auto", .line = N_("auto, always, never"), .paragraph = N_("auto is at a terminal only."),
  .example = "duplex listen tcp://:8090 --color never" },
{ "--trace", 0, DX_KIND_CHOICE, DX_SHOWING, ALL, PUT(trace), .argument = "[=python|c]", .choices = { "python", "c" },
  .first = DX_TRACE_PYTHON, .line = N_("show every socket call as Python or C would write it"),
  .paragraph = N_("On standard error: s.bind(('', 8090)), s.recv(65536) -> b'hello'."),
  .example = "duplex connect 127.0.0.1:8090 --trace" },
{ "--explain", 0, DX_KIND_ACT, DX_SHOWING, ALL, .first = DX_ACT_EXPLAIN, .line = N_("say what was understood, open nothing"),
  .paragraph = N_("Every setting of the command and where it comes from, on standard output."),
  .example = "duplex listen 8090 -e gbk --explain" },
{ "--help", 'h', DX_KIND_ACT, DX_SHOWING, ALL, .first = DX_ACT_HELP, .line = N_("help on the command"),
  .paragraph = N_("`duplex help WORD` knows more words: commands, options, encodings, frames, exit statuses."),
  .example = "duplex listen --help" },
{ "--version", 0, DX_KIND_ACT, DX_SHOWING, ALL, .first = DX_ACT_VERSION, .line = N_("name, version and modules"),
  .paragraph = N_("Says which duplex this is."), .example = "duplex --version" },

/* nc's letters that mean nothing here, and the words to use. */
{ "-l", 'l', DX_KIND_ELSEWHERE, .line = N_("listening is a command: duplex listen ENDPOINT") },
{ "-u", 'u', DX_KIND_ELSEWHERE, .line = N_("UDP is said by the endpoint: udp://HOST:PORT") },
{ "-k", 'k', DX_KIND_ELSEWHERE, .line = N_("duplex listen goes on after a peer has left; --once serves only one") },
{ "-p", 'p', DX_KIND_ELSEWHERE, .line = N_("the local port is a key of the endpoint: tcp://HOST:PORT,bind=:PORT") },
{ "-z", 'z', DX_KIND_ELSEWHERE, .line = N_("duplex scans no ports; to try one: duplex send tcp://HOST:PORT </dev/null") },
{ "-N", 'N', DX_KIND_ELSEWHERE, .line = N_("duplex always finishes writing when its input ends") },
{ "-U", 'U', DX_KIND_ELSEWHERE, .line = N_("a Unix socket is said by the endpoint: unix:PATH") },
{ "-C", 'C', DX_KIND_ELSEWHERE, .line = N_("the line end is named: --eol crlf") },
