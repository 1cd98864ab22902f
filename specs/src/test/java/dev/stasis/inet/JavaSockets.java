package dev.stasis.inet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Has Java open what it keeps for the sockets of its own before the first test looks at what is open. */
final class JavaSockets implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            client.shutdownOutput();
            accepted.getInputStream().read();
        }
    }
}
