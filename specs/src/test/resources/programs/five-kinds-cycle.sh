# five-kinds-cycle.sh MODE: runs five-kinds.sh in the new directory $WORK/MODE of a private mount namespace. MODE "twin" lets it
# run; "dumped" dumps it, which ends it, and restores it with its log replaced by another file; "subset" tries to dump it with
# the plugins named by SUBSET. Needs STASIS, STASIS_PLUGINS, PROGRAMS, PYTHON and WORK.
set -eu
until_there() { while [ ! -e "$1" ]; do sleep 0.02; done; }

mkdir -p "$WORK/$1" && cd "$WORK/$1" && mkdir -p watched mount source/in
echo original > source/in/file
mount --bind source mount
setsid bash "$PROGRAMS/five-kinds.sh" "$PYTHON" "$PROGRAMS/five-kinds.py" & tree=$!
until_there holding
umount -l mount
touch detached
until_there ready
case $1 in
    dumped)
        $STASIS dump -t $tree -D ../image --plugins-dir "$STASIS_PLUGINS"
        wait $tree || true
        $STASIS restore -d -D ../image --plugins-dir "$STASIS_PLUGINS" --inherit-fd 'fd[9]:'"$PWD/log" 9>> later-log
        while kill -0 $tree 2> /dev/null; do [ -e go ] || touch go; sleep 0.05; done
        cat log later-log > "$WORK/$1.log" ;;
    subset)
        $STASIS dump -t $tree -D ../image --plugins-dir "$STASIS_PLUGINS" --plugins "$SUBSET" && echo "not refused"
        touch go
        wait $tree
        cp log "$WORK/$1.log" ;;
    *)
        touch go
        wait $tree
        cp log "$WORK/$1.log" ;;
esac
