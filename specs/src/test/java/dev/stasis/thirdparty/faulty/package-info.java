/** A third party's plugin whose remaps fail where they are told to; specs put it into jars of their own. */
package dev.stasis.thirdparty.faulty;
