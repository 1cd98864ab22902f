package dev.stasis.plugins.epoll;

/** Names items in a message: the first ones, and how many there are besides. */
final class ItemNames {
    private static final int MOST = 4;

    private final StringBuilder names = new StringBuilder();
    private int count;

    void add(EpollItem item) {
        add(item.toString());
    }

    void add(String item) {
        if (count < MOST) {
            names.append(count == 0 ? "" : ", ").append(item);
        }
        count++;
    }

    boolean isEmpty() {
        return count == 0;
    }

    @Override
    public String toString() {
        return names + (count > MOST ? " and of " + (count - MOST) + " more" : "");
    }
}
