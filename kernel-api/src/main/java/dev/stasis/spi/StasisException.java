package dev.stasis.spi;

import java.util.List;

/** The end of a dump or a restore: all the problems that were found, and what caused them where something did. */
public final class StasisException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /** The end because of {@code problems}, at least one. */
    public StasisException(List<Problem> problems) {
        this(problems, null);
    }

    /** The end because of {@code problem}. */
    public StasisException(Problem problem) {
        this(List.of(problem), null);
    }

    /** The end because of {@code problem}, caused by {@code cause}. */
    public StasisException(Problem problem, Throwable cause) {
        this(List.of(problem), cause);
    }

    private StasisException(List<Problem> problems, Throwable cause) {
        super(text(problems), cause);
        this.problems = List.copyOf(problems);
    }

    private static String text(List<Problem> problems) {
        StringBuilder text = new StringBuilder();
        for (Problem problem : problems) {
            text.append(text.length() == 0 ? "" : "\n").append(problem);
        }
        return text.toString();
    }

    /** All that was found. */
    public List<Problem> problems() {
        return problems;
    }
}
