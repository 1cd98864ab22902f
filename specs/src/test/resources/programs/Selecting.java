import java.io.File;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;

/**
 * Waits for twenty pipes with a Selector, whose other ends another thread writes to when file go is there, and for a wakeup: prints
 * what was read from which, in order, then whether a timed select ended by itself.
 */
public final class Selecting {
    private static final int PIPES = 20;

    public static void main(String[] arguments) throws Exception {
        Selector selector = Selector.open();
        Pipe[] pipes = new Pipe[PIPES];
        for (int i = 0; i < PIPES; i++) {
            pipes[i] = Pipe.open();
            pipes[i].source().configureBlocking(false);
            pipes[i].source().register(selector, SelectionKey.OP_READ, i);
        }
        Thread writer = new Thread(() -> write(selector, pipes));
        writer.setDaemon(true);
        writer.start();
        System.out.println("ready");
        for (int read = 0; read < PIPES; ) {
            selector.select();
            for (SelectionKey key : selector.selectedKeys()) {
                ByteBuffer buffer = ByteBuffer.allocate(100);
                ((Pipe.SourceChannel) key.channel()).read(buffer);
                System.out.println(key.attachment() + ": " + new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII));
                read++;
            }
            selector.selectedKeys().clear();
        }
        System.out.println("woken " + selector.select(60_000));
        System.out.println("in time " + selector.select(100));
    }

    private static void write(Selector selector, Pipe[] pipes) {
        try {
            while (!new File("go").exists()) {
                Thread.sleep(10);
            }
            for (int i = 0; i < PIPES; i++) {
                pipes[i].sink().write(ByteBuffer.wrap(("number " + i).getBytes(StandardCharsets.US_ASCII)));
            }
            while (!new File("wake").exists()) {
                Thread.sleep(10);
            }
            selector.wakeup();
        } catch (Exception e) {
            e.printStackTrace();
        }
    }
}
