# Background jobs, traps and wait, without a pipe. Usage: jobs.sh
job() {
    trap "echo job $1 ends; exit $((10 + $1))" TERM
    n=0
    while :; do
        n=$((n + 1))
        echo "job $1 counts $n"
        read -r -t 0.02 line < /dev/null || sleep 0.02
    done
}
collect() {
    while :; do
        wait "$1"
        status=$?
        [ $status -eq 138 ] || break # our own trap ended the waiting
    done
    echo "status $status"
}
trap 'echo usr1' USR1
job 1 &
one=$!
job 2 &
two=$!
setsid sleep 1000 &
three=$!
(exit 7) &
four=$!
echo "$one $two $three $four" > pids
echo started
collect $four
collect $one
collect $two
collect $three
echo done
