package dev.stasis.linux;

/**
 * A descriptor of another task: a number that means nothing in this process.
 *
 * @param task the task in whose table it stands
 * @param number the descriptor number there, 0 or more
 */
public record RemoteFd(Pid task, int number) {
    @Override
    public String toString() {
        return "fd " + number + " of task " + task;
    }
}
