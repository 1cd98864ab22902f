package dev.stasis.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UndoListsTest {
    private static final int SEMAPHORES = 300;
    private static final int CREATE = 01600;
    private static final int SEM_UNDO = 0x1000;
    private static final int IPC_RMID = 0;

    private final UndoLists lists = UndoLists.tryOpen().orElseThrow();
    private final List<Integer> sets = new ArrayList<>();

    @AfterEach
    void close() {
        lists.close();
        remove();
    }

    private void remove() {
        for (int set : sets) {
            SystemCalls.call("semctl", set, SyscallNumber.SEMCTL, set, 0, IPC_RMID, 0);
        }
        sets.clear();
    }

    private int set() {
        int set = (int) SystemCalls.call("semget", "a set", SyscallNumber.SEMGET, 0, SEMAPHORES, CREATE);
        sets.add(set);
        return set;
    }

    private static void change(int set, int semaphore, int by, int flags) {
        NativeMemory operation = NativeMemory.allocate(8).putLong(0, semaphore | (by & 0xffffL) << 16 | (long) flags << 32);
        SystemCalls.call("semop", set, SyscallNumber.SEMOP, set, operation.address(), 1);
    }

    private Map<Integer, Integer> sizes() {
        Map<Integer, Integer> sizes = new HashMap<>();
        for (int set : sets) {
            sizes.put(set, SEMAPHORES);
        }
        return sizes;
    }

    @Test
    void whatWasDoneWithUndoIsToldUntilItIsTakenBack() {
        int set = set();
        assertThat(lists.setUndone(ProcessCalls.self(), sizes())).isEmpty();
        change(set, SEMAPHORES - 1, 5, SEM_UNDO);
        assertThat(lists.setUndone(ProcessCalls.self(), sizes())).hasValue(set);
        change(set, SEMAPHORES - 1, -4, SEM_UNDO);
        assertThat(lists.setUndone(ProcessCalls.self(), sizes())).hasValue(set);
        change(set, SEMAPHORES - 1, -1, SEM_UNDO);
        assertThat(lists.setUndone(ProcessCalls.self(), sizes())).isEmpty();
    }

    @Test
    void whatWasDoneWithoutUndoStays() {
        change(set(), 0, 1, 0);
        assertThat(lists.setUndone(ProcessCalls.self(), sizes())).isEmpty();
    }

    @Test
    void theOneOfSeveralSetsThatWouldChangeIsFound() {
        for (int i = 0; i < 5; i++) {
            change(set(), 1, 2, SEM_UNDO);
        }
        for (int i = 0; i < 5; i++) {
            if (i != 2) {
                change(sets.get(i), 1, -2, SEM_UNDO);
            }
        }
        assertThat(lists.setUndone(ProcessCalls.self(), sizes())).hasValue(sets.get(2));
    }

    @Test
    void aSetOfUnknownSizeCountsAsChanged() {
        int set = set();
        change(set, 0, 1, SEM_UNDO);
        change(set, 0, -1, SEM_UNDO);
        assertThat(lists.setUndone(ProcessCalls.self(), Map.of())).hasValue(set);
    }

    @Test
    void aSetThatWasRemovedIsNotUndone() {
        change(set(), 0, 1, SEM_UNDO);
        remove();
        assertThat(lists.setUndone(ProcessCalls.self(), Map.of())).isEmpty();
    }
}
