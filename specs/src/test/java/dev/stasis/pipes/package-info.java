/** Specifications of the plugins for pipes and for descriptors inherited at restore. */
package dev.stasis.pipes;
