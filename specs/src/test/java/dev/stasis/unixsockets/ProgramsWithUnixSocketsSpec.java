package dev.stasis.unixsockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What python's libraries do over unix sockets goes on. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ProgramsWithUnixSocketsSpec {

    @Test
    void asyncioServesAndIsServed(Stasis stasis, Sandbox sandbox) {
        SocketProgram program = new SocketProgram(stasis, sandbox).start("""
                import asyncio
                async def handle(reader, writer):
                    async for line in reader: writer.write(b'echo ' + line); await writer.drain()
                async def main():
                    await asyncio.start_unix_server(handle, 'asyncio.sock')
                    reader, writer = await asyncio.open_unix_connection('asyncio.sock')
                    writer.write(b'one\\n'); await reader.readline(); writer.write(b'half a ')
                    open('ready', 'w').close()
                    while not os.path.exists('go'): await asyncio.sleep(.01)
                    writer.write(b'line\\n'); say(await reader.readline())
                    more, other = await asyncio.open_unix_connection('asyncio.sock'); other.write(b'new\\n'); say(await more.readline())
                asyncio.run(main())
                """).throughDeath();
        assertThat(program.kill().restore(Map.of()).goOn()).containsExactly("b'echo half a line\\n'", "b'echo new\\n'", "end");
    }

    @Test
    void workersOfMultiprocessingAndAServerOfSocketserverGoOn(Stasis stasis, Sandbox sandbox) {
        assertThat(new SocketProgram(stasis, sandbox).start("""
                import multiprocessing, socketserver, threading
                class Handler(socketserver.StreamRequestHandler):
                    def handle(self):
                        for line in self.rfile: self.wfile.write(b'served ' + line)
                class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer): daemon_threads = True
                def work(end):
                    while True: end.send(('did', end.recv()))
                near, far = multiprocessing.Pipe()
                worker = multiprocessing.Process(target=work, args=(far,), daemon=True); worker.start()
                near.send(1); near.recv(); near.send('on its way')
                threading.Thread(target=Server('served.sock', Handler).serve_forever, daemon=True).start()
                c = client('served.sock').makefile('rwb'); c.write(b'x\\n'); c.flush(); c.readline()
                while not near.poll(): time.sleep(.01)
                pause()
                near.send('new'); say(near.recv(), near.recv()); c.write(b'y\\n'); c.flush(); say(c.readline())
                c = client('served.sock').makefile('rwb'); c.write(b'z\\n'); c.flush(); say(c.readline())
                worker.kill(); worker.join()
                """).throughDeath().goOn()).containsExactly("back", "('did', 'on its way') ('did', 'new')", "b'served y\\n'",
                "b'served z\\n'", "end");
    }
}
