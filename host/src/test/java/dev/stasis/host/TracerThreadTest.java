package dev.stasis.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TracerThreadTest {

    @Test
    void endsWhenItIsClosed() throws Exception {
        TracerThread tracer = new TracerThread();
        Thread thread = tracer.call(Thread::currentThread);
        tracer.close();
        thread.join();
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void staysAsAParentAlthoughItIsClosed() {
        TracerThread tracer = new TracerThread();
        Thread thread = tracer.call(Thread::currentThread);
        tracer.stay();
        tracer.close();
        assertThat(tracer.call(Thread::currentThread)).isSameAs(thread);
    }
}
