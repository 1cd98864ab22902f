package org.example.mqueue;

/**
 * What mq_getattr(3) tells of a queue.
 *
 * @param mostMessages how many messages it has room for
 * @param mostBytes how long a message may be
 * @param messages how many are in it
 */
record QueueAttributes(long mostMessages, long mostBytes, long messages) {}
