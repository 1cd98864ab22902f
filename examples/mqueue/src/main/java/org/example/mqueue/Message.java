package org.example.mqueue;

/**
 * A message in a queue.
 *
 * @param priority higher ones are received first, equal ones in the order in which they were sent
 */
record Message(int priority, byte[] bytes) {}
