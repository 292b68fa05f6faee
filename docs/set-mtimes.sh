#!/bin/sh
# Gives the files, symbolic links and folders of a git checkout times that come from their content: the same in each clone as long
# as the content is the same, another one as soon as it is not. Go then finds the results of tests that read them.
#
#   sh set-mtimes.sh                         the whole checkout
#   sh set-mtimes.sh a/testdata b/testdata   these folders and files, from the top of the checkout, and the folders above them
#
# Run it after the checkout and before go test. What differs from HEAD keeps its own time, and so do the folders above it: an edit
# stays an edit. Submodules keep theirs too, and names that hold a line break, a tab, a quote or a backslash. Needs git, awk and touch -h (GNU, BSD, macOS, busybox).
set -eu
cd "$(git rev-parse --show-toplevel)"
{
  git -c core.quotePath=false diff --name-only HEAD
  echo
  git -c core.quotePath=false ls-tree -r -t HEAD -- "$@"
} | awk '
  function number(hex, value, at) {
    for (at = 1; at <= length(hex); at++) value = value * 16 + index("0123456789abcdef", substr(hex, at, 1)) - 1
    return value
  }
  # One of 580 million times from 2000 to 2019: [[CC]YY]MMDDhhmm[.SS], as touch -t takes it.
  function stamp(id) {
    return sprintf("20%02d%02d%02d%02d%02d.%02d", id % 20, int(id / 20) % 12 + 1, int(id / 240) % 28 + 1,
      int(id / 6720) % 24, int(id / 161280) % 60, int(id / 9676800) % 60)
  }
  isTree {
    split($0, field, " ")
    name = substr($0, index($0, "\t") + 1)
    if (!(name in edited) && name !~ /^"/ && field[2] != "commit") print stamp(number(substr(field[3], 1, 8))), name
    next
  }
  $0 == "" { isTree = 1; next }
  {
    edited[$0] = 1
    while (sub("/[^/]*$", "")) edited[$0] = 1
  }
' | while IFS= read -r line; do
  TZ=UTC0 touch -c -h -t "${line%% *}" "./${line#* }"
done
