# What zsh offers for a line: an interactive zsh on a pseudo terminal of its own is given the line and a tab.
# Usage: zsh -f complete-in-zsh.zsh SETUP OUT LINE. SETUP is sourced there first; the candidates are written to OUT, one a line.
zmodload zsh/zpty || exit 3
export SETUP=$1 OUT=$2
: >$OUT

zpty inner zsh -f -i
zpty -w inner 'PROMPT= RPROMPT=; autoload -Uz compinit; compinit -u -D; source $SETUP'
# Whatever is offered goes through compadd.
zpty -w inner 'compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  local -a offered; builtin compadd -O offered "$@"; print -rl -- $offered >>$OUT; builtin compadd "$@"
}'
zpty -w inner 'bindkey "^I" complete-word; unsetopt beep; print -r -- REA""DY'
zpty -r inner started '*READY*'
zpty -w -n inner "$3"$'\t'
# The line is dropped, and the next one tells that the completion is over.
zpty -w -n inner $'\C-u'
zpty -w inner 'print -r -- DO""NE'
zpty -r inner finished '*DONE*'
zpty -d inner
