package dev.stasis.linux.fs;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a {@link DescriptorTable} read before, byte for byte as the kernel told it, and the fdinfo files it opened for that:
 * to read one once more costs a quarter of opening it anew. None of it holds the task's files open.
 */
final class SeenDescriptors implements AutoCloseable {
    /** How many bytes of an fdinfo text are kept; a descriptor with more is read anew each time. */
    static final int TEXT_MAX = 128;

    private final int[] numbers;
    private final int[] infos;
    private final int[] lengths;
    private final Optional<DescriptorStatus>[] statuses;
    private final NativeMemory album;
    private final int factsSize;
    private int last;

    /** For descriptors {@code numbers}, in order, that beside their text have {@code factsSize} bytes to be compared. */
    @SuppressWarnings("unchecked")
    SeenDescriptors(int[] numbers, int factsSize) {
        this.numbers = numbers;
        this.factsSize = factsSize;
        this.infos = new int[numbers.length];
        Arrays.fill(infos, -1);
        this.lengths = new int[numbers.length];
        this.statuses = (Optional<DescriptorStatus>[]) new Optional<?>[numbers.length];
        this.album = NativeMemory.allocate(Math.max(1, numbers.length) * (TEXT_MAX + factsSize));
    }

    private SeenDescriptors(SeenDescriptors same) {
        this.numbers = same.numbers;
        this.factsSize = same.factsSize;
        this.infos = same.infos;
        this.lengths = same.lengths;
        this.statuses = same.statuses;
        this.album = same.album;
    }

    /** The same for another thread, which asks for other descriptors. Only one of the two is closed. */
    SeenDescriptors forAnotherThread() {
        return new SeenDescriptors(this);
    }

    int[] numbers() {
        return numbers;
    }

    /** The place of {@code number}, negative when there is none: mostly the one behind the last that was asked for. */
    private int place(int number) {
        for (int likely = last; likely < last + 2 && likely < numbers.length; likely++) {
            if (numbers[likely] == number) {
                last = likely;
                return likely;
            }
        }
        int place = Arrays.binarySearch(numbers, number);
        last = Math.max(0, place);
        return place;
    }

    /** The open fdinfo file of descriptor {@code number}; -1 when there is none. */
    int info(int number) {
        int place = place(number);
        return place >= 0 ? infos[place] : -1;
    }

    /** Keeps {@code info} for descriptor {@code number}; returns whether there is room for it. */
    boolean keepInfo(int number, int info) {
        int place = place(number);
        if (place >= 0) {
            infos[place] = info;
        }
        return place >= 0;
    }

    /** What was read of {@code number} before, if it looked as it does at {@code text} and {@code facts}; else null. */
    Optional<DescriptorStatus> same(int number, NativeMemory memory, int text, int length, int facts) {
        int place = place(number);
        boolean known = place >= 0 && statuses[place] != null && lengths[place] == length;
        return known && album.isSame(offset(place), memory, text, length)
                && album.isSame(offset(place) + TEXT_MAX, memory, facts, factsSize) ? statuses[place] : null;
    }

    /** Remembers what {@code number} looked like. */
    void remember(int number, NativeMemory memory, int text, int length, int facts, Optional<DescriptorStatus> status) {
        int place = place(number);
        if (place >= 0 && length <= TEXT_MAX) {
            statuses[place] = status;
            lengths[place] = length;
            album.copy(offset(place), memory, text, length);
            album.copy(offset(place) + TEXT_MAX, memory, facts, factsSize);
        }
    }

    private int offset(int place) {
        return place * (TEXT_MAX + factsSize);
    }

    /** Closes the fdinfo files. */
    @Override
    public void close() {
        for (int i = 0; i < infos.length; i++) {
            if (infos[i] >= 0) {
                Fd.own(infos[i]).close();
                infos[i] = -1;
            }
        }
    }
}
