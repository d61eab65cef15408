#!/bin/sh
# Runs Ring from its sources: builds the runnable jar if it is missing or older than what it is made from,
# then becomes java. Standard output belongs to the command alone; whatever the build says goes to standard error.
#
#   JAVA_HOME        the JDK to build and run with, else the java on the path
#   RING_JAVA_OPTS   more options for java, split at blanks
set -u

here=$0
while [ -L "$here" ]; do
  link=$(readlink "$here")
  case $link in
    /*) here=$link ;;
    *) here=$(dirname "$here")/$link ;;
  esac
done
case $here in
  */*) root=$(CDPATH='' cd "${here%/*}" && pwd -P) || exit 2 ;;
  *) root=$(pwd -P) ;;
esac

say() {
  printf 'ring: %s\n' "$*" >&2
}

if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
else
  java=java
fi
if ! command -v "$java" >/dev/null; then
  say "no $java; Ring needs a JDK of version 17 or later, on the path or in JAVA_HOME"
  exit 2
fi

# What the jar is made from. The test kit and the examples are part of the lab's jar only.
case ${1:-} in
  bench | burn)
    module=ring-lab
    jar=$root/ring-lab/target/ring-lab.jar
    parts='ring-core ring-transport-netty ring-store ring-dht ring-pubsub ring-console ring-testkit ring-examples ring-lab'
    ;;
  *)
    module=ring-console
    jar=$root/ring-console/target/ring.jar
    parts='ring-core ring-transport-netty ring-store ring-dht ring-pubsub ring-console'
    ;;
esac
archive=${jar%.jar}.jsa

fresh() {
  [ -f "$jar" ] || return 1
  set -- "$root/pom.xml" "$root/.mvn"
  for part in $parts; do
    set -- "$@" "$root/$part/pom.xml"
    [ -d "$root/$part/src/main" ] && set -- "$@" "$root/$part/src/main"
  done
  # Directories count: the time of one changes when a file in it is removed.
  [ -z "$(find "$@" -newer "$jar" -print | head -n 1)" ]
}

# Class data sharing saves a part of every later start, and keeps the loop of a node from standing still whenever it
# does something for the first time. It is worth a try and never an error. The archive holds what a node loads that
# founds a ring, joins one, serves its gateway, is started again, and sees another leave.
archive_classes() {
  case $module in
    ring-console)
      say "making an archive of the classes that a node loads, some ten seconds"
      set -- -cp "$jar" org.ringoverlay.console.Rehearsal "${jar%/*}"
      ;;
    *) set -- -jar "$jar" --version ;;
  esac
  : >"$archive.tried"
  "$java" -XX:+UseSerialGC -XX:ArchiveClassesAtExit="$archive" "$@" >/dev/null 2>&1 </dev/null ||
    rm -f "$archive"
}

build() {
  if ! command -v mvn >/dev/null; then
    say "the jar has to be built, and there is no mvn on the path"
    return 1
  fi
  say "building $module"
  # A running node keeps the removed file; one that is overwritten under its feet would take it down.
  rm -f "$jar" "$archive" "$archive.tried"
  : >"$root/target/ring-build.started"
  failed=$root/target/ring-build.failed
  rm -f "$failed"
  {
    (
      cd "$root" &&
        mvn -B -ntp -pl "$module" -am package -Dmaven.test.skip=true \
          -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
          -Dorg.slf4j.simpleLogger.log.org.apache.maven.cli.event.ExecutionEventLogger=info
    ) 2>&1 </dev/null || : >"$failed"
  } | sed -n -e 's/^\[INFO\] \(Building .*\[[0-9]*\/[0-9]*]\)$/ring: \1/p' -e '/^\[[WE][A-Z]*\]/p' >&2
  if [ -f "$failed" ] || [ ! -f "$jar" ]; then
    rm -f "$jar" "$failed"
    say "the build failed; 'mvn verify' says more"
    return 1
  fi
  # Whatever was edited while the build ran is newer than the jar.
  touch -r "$root/target/ring-build.started" "$jar"
  archive_classes
}

# Only one build at a time; who waited looks again.
locked_build() {
  mkdir -p "$root/target" || return 1
  lock=$root/target/ring-build.lock
  if command -v flock >/dev/null; then
    (
      flock -n 9 || {
        say "waiting for another build"
        flock 9
      }
      fresh || build 9>&-
    ) 9>"$lock"
  else
    said=
    until mkdir "$lock.d" 2>/dev/null; do
      owner=$(cat "$lock.d/pid" 2>/dev/null)
      if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
        rm -rf "$lock.d"
        continue
      fi
      [ -n "$said" ] || say "waiting for another build"
      said=yes
      sleep 1
    done
    echo $$ >"$lock.d/pid"
    trap 'rm -rf "$lock.d"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    fresh || build
    built=$?
    rm -rf "$lock.d"
    trap - EXIT INT TERM
    return $built
  fi
}

fresh || locked_build || exit 2
# A jar that Maven built has no archive beside it yet, or one of the jar before it.
[ "$archive.tried" -nt "$jar" ] || archive_classes

# Without a locale the JVM would read the arguments as ASCII.
if [ -z "${LC_ALL:-}${LC_CTYPE:-}${LANG:-}" ]; then
  LC_CTYPE=C.UTF-8
  export LC_CTYPE
fi

# Two collectors at once are an error to the JVM, and the caller's choice goes first.
case ${RING_JAVA_OPTS:-} in
  *-XX:+Use*GC*) collector= ;;
  *) collector=-XX:+UseSerialGC ;;
esac
case ${1:-} in
  node)
    # Runs for months: the full compiler, and a heap that is exhausted ends it rather than cripples it.
    tuning="$collector -XX:+ExitOnOutOfMemoryError"
    ;;
  burn)
    # All in memory, and all cores at work: threads of the collector would only take them.
    tuning=$collector
    ;;
  bench)
    tuning=
    ;;
  *)
    # Runs for a moment: the start is all that counts.
    tuning="$collector -XX:TieredStopAtLevel=1"
    ;;
esac

set -f
# An archive that another JDK made is passed over; the JVM is to do so in silence.
# shellcheck disable=SC2086 # options are split at blanks, which is what they are for
if [ -f "$archive" ]; then
  exec "$java" -Xshare:auto -XX:SharedArchiveFile="$archive" -Xlog:cds=off -Xlog:cds+dynamic=off \
    $tuning ${RING_JAVA_OPTS:-} -jar "$jar" "$@"
else
  exec "$java" -Xshare:auto $tuning ${RING_JAVA_OPTS:-} -jar "$jar" "$@"
fi
