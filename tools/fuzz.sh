# ./dev fuzz: builds the libFuzzer programs and runs each for a while; sourced by ./dev.

fuzz_corpus() { # TARGET
  if [ "$1" = http_head ]; then echo tests/fuzz/http_head/corpus; else echo "tests/fuzz/corpus/$1"; fi
}

# The number after a word of libFuzzer's output, the last time it stands there.
fuzz_figure() { # WORD LOG
  sed -n "s/.*$1 *\([0-9][0-9]*\).*/\1/p" "$2" | tail -1
}

# One target. What makes it fail is kept as build/fuzz-new/TARGET.crash-HASH, what reaches new code in the folder TARGET.
fuzz_one() { # TARGET SECONDS
  local target=$1 new=build/fuzz-new/$1 log=build/fuzz-new/$1.log program status=0 verdict
  program=$(binary_of fuzz "fuzz_$target")
  mkdir -p "$new"
  (
    drop_locks
    exec env ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 "$program" \
      -max_total_time="$2" -rss_limit_mb=2048 -timeout=20 -max_len=4096 -print_final_stats=1 \
      -artifact_prefix="build/fuzz-new/$target." "$new" "$(fuzz_corpus "$target")"
  ) </dev/null >"$log" 2>&1 || status=$?
  verdict="no finding"
  if [ $status != 0 ]; then verdict="FOUND: $(sed -n 's/.*Test unit written to //p' "$log" | tail -1)"; fi
  printf '%-10s %12s executions %7s edges %6s new inputs  %s\n' "$target" \
    "$(fuzz_figure stat::number_of_executed_units: "$log")" "$(fuzz_figure cov: "$log")" \
    "$(find "$new" -type f | wc -l)" "$verdict"
  if [ $status != 0 ]; then
    grep -m1 -A12 -E 'ERROR:|runtime error:' "$log" >&2 || tail -20 "$log" >&2
    return 1
  fi
}

fuzz_here() { # SECONDS [TARGET...]
  local seconds=$1 target known failed=0
  shift
  compile fuzz fuzz_programs || die "the fuzz targets do not build"
  mapfile -t known < <(find build/fuzz/tests/fuzz -type f -name 'fuzz_*' -perm -u+x -printf '%f\n' |
    sed -n 's/^fuzz_\([a-z0-9_]*\)$/\1/p' | sort)
  if [ $# -eq 0 ]; then set -- "${known[@]}"; fi
  for target in "$@"; do
    [[ " ${known[*]} " == *" $target "* ]] || die_usage "there is no target $target; there are: ${known[*]}"
  done
  mkdir -p build/fuzz-new
  for target in "$@"; do fuzz_one "$target" "$seconds" || failed=1; done
  return $failed
}

fuzz_main() { # [TARGET...] [--seconds N]
  local seconds=20 targets=()
  while [ $# -gt 0 ]; do
    case $1 in
      --seconds)
        [[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || die_usage "--seconds takes a whole number"
        seconds=$2
        shift 2
        ;;
      -*) die_usage "./dev fuzz knows no option $1" ;;
      *) targets+=("$1"); shift ;;
    esac
  done
  need build test fuzz
  with_lock build fuzz_here "$seconds" "${targets[@]}"
}
