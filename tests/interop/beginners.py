"""Python peers as beginners write them: recv(1024) once and no loop around it, one send a message, no line ends, `== 'exit'`,
a strict decode, input() between. They are the notes that circulate, written anew.

In a note SOCKET, ADDRESS, OWN and PORT stand for the words of the transport: `socket.socket(socket.AF_INET,
socket.SOCK_DGRAM)`, `('127.0.0.1', 8090)`, a bind of its own where one is needed to be answered, `s.getsockname()[1]`."""

SENTENCE = '服务器已经收到消息了！'

SENDER = '''
    s = SOCKET
    OWN
    while True:
        words = input()
        s.sendto(words.encode(), ADDRESS)
        if words == 'exit':
            break
    s.close()
'''

RECEIVER = '''
    s = SOCKET
    s.bind(ADDRESS)
    print(PORT)
    while True:
        data, address = s.recvfrom(1024)
        print(address, data.decode())
        if data.decode() == 'exit':
            break
    s.close()
'''

LINE_CLIENT = '''
    s = SOCKET
    s.connect(ADDRESS)
    s.send(input().encode())
    while True:
        data = s.recv(1024)
        if not data:
            break
        print(data.decode())
    s.close()
'''

LINE_SERVER = '''
    s = SOCKET
    s.bind(ADDRESS)
    s.listen(5)
    print(PORT)
    c, address = s.accept()
    print(c.recv(1024).decode())
    c.send('first '.encode())
    c.send('second'.encode())
    c.close()
'''

WORD_SERVER = '''
    s = SOCKET
    s.bind(ADDRESS)
    s.listen(5)
    print(PORT)
    c, address = s.accept()
    if c.recv(1024).decode() == 'hello':
        c.send('你好'.encode())
    else:
        c.send('什么？'.encode())
    c.close()
'''

TALKER = '''
    s = SOCKET
    s.connect(ADDRESS)
    while True:
        words = input()
        s.send(words.encode())
        answer = s.recv(1024).decode()
        if not answer:
            print('the server has closed')
            break
        print(answer)
    s.close()
'''

ACK_SERVER = '''
    s = SOCKET
    s.bind(ADDRESS)
    s.listen(5)
    print(PORT)
    while True:
        c, address = s.accept()
        print('connected:', address)
        while True:
            words = c.recv(1024).decode()
            if not words or words == 'exit':
                break
            print(words)
            c.send('服务器已经收到消息了！'.encode())
        c.close()
'''

SELECT_SERVER = '''
    import select
    s = SOCKET
    s.bind(ADDRESS)
    s.listen(5)
    print(PORT)
    everybody = [s]
    while True:
        for ready in select.select(everybody, [], [])[0]:
            if ready is s:
                everybody.append(s.accept()[0])
            else:
                data = ready.recv(1024)
                if data:
                    ready.send(data)
                else:
                    everybody.remove(ready)
                    ready.close()
'''

GB_SENDER = '''
    s = SOCKET
    OWN
    s.sendto(input().encode('gb2312'), ADDRESS)
    print(s.recvfrom(1024)[0].decode('gb2312'))
    s.close()
'''

GB_RECEIVER = '''
    s = SOCKET
    s.bind(ADDRESS)
    print(PORT)
    data, address = s.recvfrom(1024)
    print('[%s]:%s' % (address, data.decode('gb2312')))
    s.close()
'''

GB_CHAT = '''
    import threading
    s = SOCKET
    s.bind(ADDRESS)
    print(PORT)

    def hear():
        while True:
            data, address = s.recvfrom(1024)
            print('>>', data.decode('gb2312'))

    threading.Thread(target=hear, daemon=True).start()
    while True:
        s.sendto(input().encode('gb2312'), FRIEND)
'''

GB_CHAT_SERVER = '''
    import threading
    s = SOCKET
    s.bind(ADDRESS)
    s.listen(1)
    print(PORT)
    c, address = s.accept()

    def hear():
        while True:
            data = c.recv(1024)
            if not data:
                print('>> left')
                break
            print('>>', data.decode('gb2312'))

    threading.Thread(target=hear).start()
    while True:
        c.send(input().encode('gb2312'))
'''

ONE_MESSAGE = '''
    s = SOCKET
    s.connect(ADDRESS)
    s.send(input().encode())
    s.close()
'''

TURNS_SERVER = '''
    s = SOCKET
    s.bind(ADDRESS)
    s.listen(1)
    print(PORT)
    c, address = s.accept()
    while True:
        words = c.recv(1024).decode()
        print('>>', words)
        if words == 'quit' or not words:
            break
        c.send(input().encode())
    c.close()
'''

ANSWERER = '''
    s = SOCKET
    s.bind(ADDRESS)
    print(PORT)
    while True:
        data, address = s.recvfrom(1024)
        s.sendto((data.decode() + '| lee').encode(), address)
'''

ASKER = '''
    s = SOCKET
    OWN
    while True:
        s.sendto(input().encode(), ADDRESS)
        data, address = s.recvfrom(1024)
        print(data.decode())
'''

GREETED = '''
    s = SOCKET
    s.connect(ADDRESS)
    print(s.recv(1024).decode(), s.getsockname()[1])
    s.send(input().encode())
    s.close()
'''

RADIO = '''
    s = SOCKET
    OWN
    s.connect(ADDRESS)
    while True:
        s.send(input().encode())
'''

STATION = '''
    s = SOCKET
    s.bind(ADDRESS)
    s.listen(1)
    print(PORT)
    s, address = s.accept()
    while True:
        print('>>', s.recv(1024).decode())
        s.send(input().encode())
'''

DATAGRAM_STATION = '''
    s = SOCKET
    s.bind(ADDRESS)
    print(PORT)
    while True:
        data, address = s.recvfrom(1024)
        print('>>', data.decode())
        s.sendto(input().encode(), address)
'''

CROWD = '''
    many = []
    for n in range(30):
        s = SOCKET
        OWN
        s.connect(ADDRESS)
        many.append(s)
    for n in reversed(range(30)):
        many[n].send(f'I am {n}'.encode())
    for n in range(30):
        print(many[n].recv(1024).decode())
'''

FILE_SENDER = '''
    s = SOCKET
    s.connect(ADDRESS)
    with open(sys.argv[1], 'rb') as f:
        s.sendall(f.read())
    s.close()
'''

FILE_RECEIVER = '''
    s = SOCKET
    s.connect(ADDRESS)
    with open(sys.argv[1], 'wb') as f:
        while True:
            data = s.recv(1024)
            if not data:
                break
            f.write(data)
    s.close()
'''

FILE_SERVER = '''
    s = SOCKET
    s.bind(ADDRESS)
    s.listen(1)
    print(PORT)
    c, address = s.accept()
    with open(sys.argv[1], 'wb') as f:
        while True:
            data = c.recv(1024)
            if not data:
                break
            f.write(data)
    c.close()
'''

WEB_SERVER = '''
    s = SOCKET
    s.bind(ADDRESS)
    s.listen(1)
    print(PORT)
    c, address = s.accept()
    print(c.recv(1024).decode())
    c.send((input() + '\\n').encode())
    c.send((input() + '\\n').encode())
    c.close()
'''

TWO_ANSWERS = '''
    s = SOCKET
    s.bind(ADDRESS)
    print(PORT)
    data, address = s.recvfrom(1024)
    print(data.decode())
    s.sendto((input() + '\\n').encode(), address)
    s.sendto((input() + '\\n').encode(), address)
'''

UPPER_SERVER = '''
    s = SOCKET
    s.bind(ADDRESS)
    s.listen(1)
    print(PORT)
    c, address = s.accept()
    while True:
        data = c.recv(1024)
        if not data:
            break
        print('>>', data.decode())
        c.send(input().encode())
    print('>> the end')
    c.send(input().encode())
    c.close()
'''
