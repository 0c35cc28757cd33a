#!/bin/sh
# What the pipelines run, in the folder of the stack. README.md describes it.
#
#   roster.sh validate   checks the manifest, without a token
#   roster.sh review     explains what a pull request would do: the program is the one that is checked out, and
#                        only the manifest's YAML and CSV files are those of the commit ROSTER_HEAD
#   roster.sh apply      applies what is checked out, unless a guard stops it
#   roster.sh drift      explains what was changed outside the stack
#
# Exit status: 0 done, 1 failed, 2 wrong usage, 3 problems, a guard that stops the update, or drift.
#
# Settings, from the environment:
#   ROSTER_TOKEN      review and drift: a token that can only read; apply: one that can change
#   ROSTER_STACK      the stack; production by default
#   ROSTER_HEAD       review: the commit of the pull request
#   ROSTER_OUT        the folder for explanation.md and explanation.json; roster-out by default
#   ROSTER_FAIL_ON    the guards of `roster explain --fail-on`
#   ROSTER_REVIEWED   apply: explanation.json of the review; without it, nobody may lose access
#   ROSTER_MEANT      apply: if it isn't empty, only ROSTER_FAIL_ON stops the update
#   ROSTER_HAND_ON    apply: a command that takes the file of a new secret to where it is used
#   ROSTER_REDACT     shortens addresses if it isn't empty
set -eu

manifest_folder=access
manifest=$manifest_folder/roster.yaml
keys=keys
max_files=1000
max_bytes=10485760

stack=${ROSTER_STACK:-production}
out=${ROSTER_OUT:-roster-out}
fail_on=${ROSTER_FAIL_ON:-}

export ROSTER_NO_LOGIN=1
export PULUMI_SKIP_UPDATE_CHECK=1
export PULUMI_NODEJS_TRANSPILE_ONLY=true
PATH=$PWD/node_modules/.bin:$PATH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"

die() {
  echo "roster.sh: $*" >&2
  exit 1
}

# Prints a file that contains other people's text, so that no line is a command to the pipeline.
quote() {
  sed 's/^/| /' "$1" >&2
}

# Checks the manifest: validate [FORM]. GitHub shows its form at the lines of a pull request.
validate() {
  roster validate "$manifest" --stack "$stack" --format "${1:-text}" --root "$(git rev-parse --show-toplevel)"
}

# Selects the stack, which `roster` reads the address from, unless another token than ROSTER_TOKEN would act.
select_stack() {
  [ -n "${ROSTER_TOKEN:-}" ] || die "ROSTER_TOKEN is not set."
  pulumi stack select "$stack" --non-interactive
  if pulumi config get roster:token --stack "$stack" >"$work/configured" 2>&1; then
    die "the stack's configuration has roster:token. Remove it with \`pulumi config rm roster:token\`: the token is ROSTER_TOKEN."
  fi
}

# Makes the manifest's YAML and CSV files those of a commit. Nothing else of the commit is written.
take_manifest() {
  commit=$(git rev-parse --verify --quiet --end-of-options "${1:-none}^{commit}") || die "ROSTER_HEAD is not a commit."
  [ "$commit" != "$(git rev-parse HEAD)" ] || die "ROSTER_HEAD is checked out. Check out the base branch: its program runs."
  git ls-tree -r -l "$commit" -- "$manifest_folder/" >"$work/tree"
  find "$manifest_folder" \( -name '*.yaml' -o -name '*.csv' \) -exec rm -f {} +
  files=0
  bytes=0
  while IFS='	' read -r entry file; do
    case $file in
    *.yaml | *.csv) ;;
    \"*) die "$file has a name that this script doesn't take: use letters, digits, \".\", \"_\" and \"-\"." ;;
    *) continue ;;
    esac
    case $file in
    *[!A-Za-z0-9._/-]* | *../*) die "$file has a name that this script doesn't take: use letters, digits, \".\", \"_\" and \"-\"." ;;
    */Pulumi*.yaml) die "$file is a file of Pulumi. Only the base branch configures the stack." ;;
    esac
    # shellcheck disable=SC2086 # The entry is a mode, a type, an object and a size.
    set -- $entry
    case $1 in
    100644 | 100755) ;;
    *) die "$file is not a regular file. A manifest has no symbolic links and no submodules." ;;
    esac
    files=$((files + 1))
    bytes=$((bytes + $4))
    [ "$files" -le "$max_files" ] || die "the manifest has more than $max_files files."
    [ "$bytes" -le "$max_bytes" ] || die "the manifest has more than $max_bytes bytes."
    mkdir -p "$(dirname "$file")"
    git cat-file blob "$3" >"$file"
  done <"$work/tree"
}

# Runs the preview, and keeps its exit status in $previewed. A preview that fails is explained as well.
preview() {
  previewed=0
  pulumi preview --stack "$stack" --refresh --json --non-interactive "$@" >"$work/preview.json" 2>"$work/preview.err" || previewed=$?
  case $(head -c 1 "$work/preview.json") in
  "{") ;;
  *)
    quote "$work/preview.err"
    die "the preview failed."
    ;;
  esac
}

# Writes an explanation: explain FORM FILE [OPTIONS]. @returns 3 if a guard stops the update
explain() {
  form=$1
  file=$2
  shift 2
  # ROSTER_REDACT adds an option, or nothing.
  roster explain "$work/preview.json" --format "$form" ${ROSTER_REDACT:+--redact} "$@" >"$out/$file"
}

review() {
  take_manifest "${ROSTER_HEAD:-}"
  if ! validate >"$work/problems"; then
    [ -z "${GITHUB_ACTIONS:-}" ] || validate github || true
    quote "$work/problems"
    {
      echo "The manifest has problems"
      echo
      # Indented text is code in Markdown, whatever it contains.
      sed 's/^/    /' "$work/problems"
    } >"$out/explanation.md"
    return 3
  fi
  select_stack
  preview
  # The reader sees which guards the update would need lifted. Only what is refused fails the review.
  status=0
  explain markdown explanation.md --fail-on "$fail_on" || status=$?
  [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || return "$status"
  explain json explanation.json --manifest "$manifest" --fail-on refused
}

apply() {
  select_stack
  validate
  preview
  if [ -n "${ROSTER_MEANT:-}" ]; then
    set -- --fail-on "$fail_on"
  elif [ -n "${ROSTER_REVIEWED:-}" ]; then
    set -- --fail-on "$fail_on" --reviewed "$ROSTER_REVIEWED"
  else
    set -- --fail-on "${fail_on:+$fail_on,}removed-people"
  fi
  explain markdown explanation.md "$@" || stopped $?
  mkdir -p "$keys"
  pulumi up --stack "$stack" --refresh --yes --skip-preview --suppress-outputs --non-interactive
  hand_on
}

stopped() {
  [ "$1" -ne 3 ] || quote "$out/explanation.md"
  exit "$1"
}

# Takes the secrets that the update has delivered to where they are used, and removes the files.
hand_on() {
  for file in "$keys"/*; do
    [ -f "$file" ] || continue
    [ -n "${ROSTER_HAND_ON:-}" ] || die "$file has a new secret. Set ROSTER_HAND_ON, and rotate the key."
    # shellcheck disable=SC2086 # The command can have arguments.
    $ROSTER_HAND_ON "$file"
    rm -f "$file"
  done
}

drift() {
  select_stack
  preview --expect-no-changes
  if [ "$previewed" -eq 0 ]; then
    echo "Nothing was changed outside the stack."
    return 0
  fi
  explain markdown explanation.md
  quote "$out/explanation.md"
  # 7 says that there are changes; anything else is a failure.
  [ "$previewed" -eq 7 ] || die "the preview failed."
  return 3
}

case ${1:-} in
validate) validate "${GITHUB_ACTIONS:+github}" ;;
review | apply | drift) "$1" ;;
*)
  sed -n '2,/^set -eu/{/^#/p;}' "$0" >&2
  exit 2
  ;;
esac
