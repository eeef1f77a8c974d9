# ./dev test, e2e, soak, sanitize and coverage: runs the steps and counts single test cases; sourced by ./dev.

passed=0 failed=0 skipped=0
results=build/test-results
running=""
bad_steps=()
preset=debug  # whose build the C++ tests are run from

add() { # PASSED FAILED SKIPPED
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}
bad() { # WHAT
  bad_steps+=("$1")
  add 0 1 0
  say "FAILED: $1"
}

stop_running() {
  if [ -n "$running" ]; then
    kill -TERM -- "-$running" 2>/dev/null || true
    sleep 1
    kill -KILL -- "-$running" 2>/dev/null || true
  fi
}

# Runs a command in a process group of its own, without terminal, input or the build lock, and answers with its exit
# status. What the command leaves running afterwards is ended and counted as a failure.
contained() { # COMMAND...
  local status=0 tries
  set -m
  (drop_locks; exec "$@") </dev/null &
  running=$!
  set +m
  wait "$running" || status=$?
  # Processes that are on their way out get two seconds.
  for ((tries = 0; tries < 20; ++tries)); do
    pgrep -g "$running" >/dev/null || break
    sleep 0.1
  done
  if pgrep -g "$running" >/dev/null; then
    ps -o pid,args -p "$(pgrep -d, -g "$running")" >&2 || true
    kill -KILL -- "-$running" 2>/dev/null || true
    bad "a test left the processes above behind"
  fi
  running=""
  return "$status"
}

attribute() { # NAME LINE
  sed -n "s/.*[< ]$1=\"\([^\"]*\)\".*/\1/p" <<<"$2" | head -1
}

# Counts the cases of one test program by its GoogleTest report; a program without one counts as one case.
count_program() { # NAME STATUS
  local xml=$results/gtest/$1.xml head tests failures disabled skips
  if [ -s "$xml" ]; then
    head=$(grep -m1 '<testsuites ' "$xml")
    tests=$(attribute tests "$head") failures=$(attribute failures "$head") disabled=$(attribute disabled "$head")
    skips=$(grep -c 'result="skipped"' "$xml" || true)
    add $((tests - failures - disabled - skips)) "$failures" $((skips + disabled))
    if [ "$2" != run ] && [ "$failures" = 0 ]; then bad "$1 reported no failure but ended badly"; fi
  else
    case $2 in
      run) add 1 0 0 ;;
      disabled) add 0 0 1 ;;
      *) bad "$1 ended badly without a report" ;;
    esac
  fi
}

count_ctest() { # REPORT
  [ -s "$1" ] || { bad "ctest wrote no report"; return 0; }
  local line
  while read -r line; do
    count_program "$(attribute name "$line")" "$(attribute status "$line")"
  done < <(grep '<testcase ' "$1")
}

# The ctest names that the regular expression selects; prints none if nothing matches.
ctest_names() { # CTEST_OPTION...
  ctest --test-dir "build/$preset" -N "$@" | sed -n 's/^ *Test *#[0-9]*: \([^ ]*\).*/\1/p'
}

run_ctest() { # CTEST_OPTION...
  mkdir -p "$results/gtest"
  local report=$results/ctest.xml status=0 before=$failed
  contained env GTEST_OUTPUT="xml:$root/$results/gtest/" GTEST_COLOR=no tools/with-postgres \
    ctest --test-dir "build/$preset" -j "${MENKYO_JOBS:-$(nproc)}" --output-on-failure --no-tests=ignore \
    --output-junit "$root/$report" "$@" || status=$?
  count_ctest "$report"
  if [ $status != 0 ] && [ "$failed" = "$before" ]; then bad "ctest ended with status $status"; fi
}

# Counts from a JSON report: vitest's own form, or {"passed": n, "failed": n, "skipped": n}.
count_json() { # WHAT FILE STATUS
  local counts before=$failed
  if [ ! -s "$2" ]; then
    if [ "$3" = 0 ]; then add 1 0 0; else bad "$1"; fi
    return 0
  fi
  counts=$(node -e '
    const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    const n = [r.passed ?? r.numPassedTests, r.failed ?? r.numFailedTests,
               r.skipped ?? (r.numPendingTests ?? 0) + (r.numTodoTests ?? 0)];
    if (!n.every(Number.isInteger)) throw new Error("unknown report");
    console.log(n.join(" "));' "$2") || { bad "$1 wrote a report that cannot be read"; return 0; }
  # shellcheck disable=SC2086
  add $counts
  if [ "$3" != 0 ] && [ "$failed" = "$before" ]; then bad "$1 ended badly"; fi
}

npm_has() { # SCRIPT
  node -e 'process.exit(require("./portal/package.json").scripts?.[process.argv[1]] ? 0 : 1)' "$1"
}

test_portal() {
  local status=0
  if npm_has typecheck; then
    say "portal: types"
    if contained npm --prefix portal run --silent typecheck; then add 1 0 0; else bad "type check of the portal"; fi
  fi
  say "portal: tests"
  contained npm --prefix portal test --silent -- --reporter=default --reporter=json \
    --outputFile.json="$root/$results/portal.json" || status=$?
  count_json "tests of the portal" "$results/portal.json" $status
}

# The browser tests find the programs under test, the browser and where to report by environment variables. They try the
# release binaries, which the other tests do not: what users get must have been run.
test_e2e() { # ARG...
  local status=0
  npm_has e2e || { say "portal: there are no browser tests"; return 0; }
  say "building the release for the browser tests"
  build_release || { bad "building the release"; return 0; }
  say "portal: browser tests"
  contained env MENKYO_BINARY="$root/out/menkyo" MENKYO_AGENT_BINARY="$root/out/menkyo-agent" \
    CHROMIUM="${CHROMIUM:-$(command -v chromium)}" MENKYO_E2E_RESULTS="$root/$results/e2e.json" \
    npm --prefix portal run --silent e2e -- "$@" || status=$?
  count_json "browser tests" "$results/e2e.json" $status
}

test_generated() {
  ninja_has debug menkyo || return 0
  compile debug menkyo || { bad "building for the generated files"; return 0; }
  say "generated files"
  need names
  if contained "$(binary_of debug menkyo)" gen --root . --check && tools/place-names --check; then
    add 1 0 0
  else
    bad "generated files are stale; ./dev gen writes them"
  fi
}

# Builds and runs the C++ tests whose names match; all when there is no pattern.
test_cpp() { # [PATTERN...]
  local options=(-LE soak) targets=() name
  configure "$preset"
  ninja -C "build/$preset" build.ninja >/dev/null || { bad "cmake"; return 0; }
  if [ $# -gt 0 ]; then
    local pattern
    pattern=$(IFS='|'; echo "$*")
    options+=(-R "$pattern")
    while read -r name; do
      if ninja_has "$preset" "$name"; then targets+=("$name"); fi
    done < <(ctest_names "${options[@]}")
    [ ${#targets[@]} -gt 0 ] || { bad "no test is called like $pattern"; return 0; }
  fi
  say "building the tests"
  compile "$preset" "${targets[@]}" || { bad "building the tests"; return 0; }
  say "running the tests"
  run_ctest "${options[@]}"
}

summary() {
  local step
  for step in "${bad_steps[@]}"; do say "FAILED: $step"; done
  if [ -n "${MENKYO_STRICT:-}" ] && [ $skipped -gt 0 ]; then
    say "FAILED: $skipped tests were skipped, which MENKYO_STRICT forbids"
    add 0 $skipped -$skipped
  fi
  if [ $((passed + failed)) = 0 ]; then bad "no test ran"; fi
  local line="$passed passed, $failed failed"
  if [ $skipped -gt 0 ]; then line+=", $skipped skipped"; fi
  echo "$line"
  [ $failed = 0 ]
}

begin_results() {
  rm -rf "$results"
  mkdir -p "$results"
  trap 'stop_running; exit 130' INT
  trap 'stop_running; exit 143' TERM HUP
}

all_tests() {
  begin_results
  if has_portal; then
    build_portal || bad "building the portal"
  fi
  test_cpp
  if has_portal && [ -d portal/node_modules ]; then test_portal; fi
  test_generated
  # The stories alone; the looks of every page at every width take longer and are for ./dev e2e.
  if has_portal && [ -f portal/dist/index.html ]; then test_e2e story sign_up; fi
  summary
}

named_tests() { # NAME...
  begin_results
  local name patterns=()
  for name in "$@"; do
    case $name in
      portal)
        has_portal || die "there is no portal/package.json"
        if portal_modules; then test_portal; else bad "installing the portal's packages"; fi
        ;;
      e2e)
        has_portal || die "there is no portal/package.json"
        if build_portal; then test_e2e "${e2e_args[@]}"; else bad "building the portal"; fi
        ;;
      generated) configure debug && test_generated ;;
      *) patterns+=("$name") ;;
    esac
  done
  if [ ${#patterns[@]} -gt 0 ]; then test_cpp "${patterns[@]}"; fi
  summary
}

test_main() { # [--filter GTEST_PATTERN] [NAME...] [-- E2E_ARG...]
  local names=()
  e2e_args=()
  while [ $# -gt 0 ]; do
    case $1 in
      --filter)
        [ $# -ge 2 ] || die_usage "--filter takes a pattern of GoogleTest"
        export GTEST_FILTER=$2
        shift 2
        ;;
      --) shift; e2e_args=("$@"); break ;;
      -*) die_usage "./dev test knows no option $1" ;;
      *) names+=("$1"); shift ;;
    esac
  done
  local groups=(build test)
  if has_portal; then groups+=(portal); fi
  need "${groups[@]}"
  if [ ${#names[@]} -gt 0 ]; then
    with_lock build named_tests "${names[@]}"
  else
    with_lock build all_tests
  fi
}

soak_here() {
  begin_results
  configure debug
  compile debug ${kills:+menkyo kill_test} || { bad "building the tests"; summary; return; }
  [ -n "$(ctest_names -L soak)" ] || { bad "no test carries the label soak yet"; summary; return; }
  export MENKYO_TEST_PG_FSYNC=on MENKYO_KILLS=${kills:-200}
  if [ -n "$kills" ]; then run_ctest -R '^kills_soak$'; else run_ctest -L soak; fi
  grep -h '^kills on ' "build/$preset/Testing/Temporary/LastTest.log" || true
  if [ -n "$kills" ]; then summary; return; fi
  if contained tools/mutations; then add 1 0 0; else bad "a test does not notice what was broken on purpose"; fi
  summary
}

soak_main() { # [--kills N]
  kills=""
  if [ "${1:-}" = --kills ]; then
    [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die_usage "--kills takes a number"
    kills=$2
    shift 2
  fi
  [ $# -eq 0 ] || die_usage "./dev soak takes --kills N alone"
  need build test
  with_lock build soak_here
}

# --- the tests under sanitizers ---

sanitize_here() { # [NAME...]
  begin_results
  # What the libraries of Debian do, which no sanitizer looked at when they were built, is told in tests/tsan.supp.
  export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1
  export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
  export TSAN_OPTIONS="suppressions=$root/tests/tsan.supp:second_deadlock_stack=1:history_size=4"
  test_cpp "$@"
  summary
}

sanitize_main() { # [asan|tsan] [NAME...]
  local kinds=(asan tsan) kind failed_kinds=()
  case ${1:-} in
    asan | tsan) kinds=("$1"); shift ;;
    -*) die_usage "./dev sanitize knows no option $1" ;;
  esac
  need build test
  for kind in "${kinds[@]}"; do
    say "$kind"
    preset=$kind passed=0 failed=0 skipped=0 bad_steps=()
    with_lock build sanitize_here "$@" || failed_kinds+=("$kind")
  done
  [ ${#failed_kinds[@]} = 0 ]
}

# --- which lines and branches the tests run ---

# The programs that were run. Where only some tests were, others that lie there may be of sources that were changed since.
coverage_programs() { # [NAME...]
  local name
  ninja -C build/coverage -t cleandead >/dev/null
  if [ $# = 0 ]; then
    find build/coverage -type f -perm -u+x -not -path '*/CMakeFiles/*'
    return
  fi
  while read -r name; do
    find build/coverage -type f -perm -u+x -name "$name" -not -path '*/CMakeFiles/*'
    ninja -C build/coverage -t inputs "$name" | while read -r name; do
      if [ -f "build/coverage/$name" ] && [ -x "build/coverage/$name" ]; then echo "build/coverage/$name"; fi
    done
  done < <(ctest_names -LE soak -R "$(IFS='|'; echo "$*")") | sort -u
}

coverage_here() { # [--write] [NAME...]
  local write=() file objects=() raw=build/coverage-raw
  if [ "${1:-}" = --write ]; then
    write=(--write)
    shift
  fi
  begin_results
  rm -rf "$raw"
  mkdir -p "$raw"
  # Each program adds to its own files, of which there are a few because many processes do so at once.
  export LLVM_PROFILE_FILE="$root/$raw/%4m.profraw"
  test_cpp "$@"
  summary || return 1
  say "reading what was run"
  while read -r file; do objects+=(-object "$file"); done < <(coverage_programs "$@")
  llvm-profdata-14 merge -sparse "$raw"/*.profraw -o build/coverage.profdata
  llvm-cov-14 export -format=text -instr-profile=build/coverage.profdata "${objects[@]:1}" >build/coverage.json
  tools/coverage-report build/coverage.json "${write[@]}" || [ $# -gt 0 ]
}

coverage_main() { # [--write] [NAME...]
  case ${1:-} in
    --write) [ $# = 1 ] || die_usage "./dev coverage --write takes no names: the figures are of all tests" ;;
    -*) die_usage "./dev coverage knows no option $1" ;;
  esac
  need build test coverage
  preset=coverage
  with_lock build coverage_here "$@"
}
