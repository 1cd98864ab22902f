# five-kinds.sh PYTHON PROGRAM: a tree of processes in the current directory that hold all kinds of files; logs to "log".
exec >> log 2>&1 < /dev/null
set -m
trap 'echo interrupted' USR1
echo started
{ for ((i = 1; i <= 3000; i++)); do echo "line $i"; done; } | {
    read -r first
    while [ ! -e go ]; do sleep 0.05; done
    echo "consumer: $first, $(md5sum), the rest of what was in flight"
} > consumed &
"$1" "$2" > python-log &
wait
cat consumed python-log
echo finished
