package dev.stasis.bench;

import java.util.List;

/**
 * The files of {@link FilesWorkload} on a bind mount that was unmounted lazily when they were open.
 *
 * @param name what it goes by
 * @param files how many
 */
record DetachedWorkload(String name, int files) implements Workload {

    @Override
    public List<String> command() {
        String prepared = new FilesWorkload(name, files).preparation().replace("\"file$i\"", "\"mount/file$i\"")
                + " system(\"umount\", \"-l\", \"mount\") == 0 or die;";
        return FilesWorkload.limited(files, new PerlWorkload(name, "mkdir(\"source\"); mkdir(\"mount\");"
                + " system(\"mount\", \"--bind\", \"source\", \"mount\") == 0 or die; " + prepared).script());
    }
}
