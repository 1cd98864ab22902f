/** The chain of kernel objects of a tree: tasks, descriptor tables, open file descriptions, locations, inodes. */
package dev.stasis.host.model;
