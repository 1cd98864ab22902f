package dev.stasis.inet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({JavaSockets.class, SandboxExtension.class, StasisExtension.class})
class ManySocketsSpec {
    private static final int COUNT = Integer.getInteger("stasis.sockets", 10_000);

    @Test
    void thousandsOfSocketsComeBack(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, """
                import resource
                limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
                resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
                many = []
                for i in range(%d):
                    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if i %% 2 else socket.SOCK_STREAM)
                    s.bind((host, 10000 + i // 2))
                    if i %% 2 == 0: s.listen(i %% 100)
                    many.append(s)
                """.formatted(COUNT));
        String names = "answer = hash(tuple(s.getsockname() + (s.type, s.getsockopt(1, 30)) for s in many)), len(many)";
        String before = server.ask(names);
        server.throughDeath();
        assertThat(server.ask(names)).isEqualTo(before).endsWith(COUNT + ")");
    }
}
