# bash completion for patchbay(1)

_patchbay() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command="" sub="" word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
      -*) ;;
      *)
        # The word after an option that takes a value is that value.
        case ${COMP_WORDS[i - 1]} in
          --config|--database|--scripts|--listen|--lanes|--name|--tenant|--label|--limit|--match|--folder|--cover|--from|--to|--store) continue ;;
        esac
        if [[ -z $command ]]; then command=$word; elif [[ -z $sub ]]; then sub=$word; fi
        ;;
    esac
  done

  case $previous in
    --config) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --scripts|--folder|--cover) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --tenant)
      COMPREPLY=($(compgen -W "$(patchbay tenant list 2>/dev/null | awk 'NR > 1 { print $2 }')" -- "$current"))
      return ;;
    --listen|--database|--from|--to|--store|--lanes|--name|--label|--limit|--match) return ;;
  esac

  local words="" common="--config --database --help"
  case $command in
    "") words="serve check migrate copy backup restore tenant key user log reload status routes test new --help --version" ;;
    serve) words="$common --scripts --listen --lanes" ;;
    check) words="$common --scripts" ;;
    migrate) words=$common ;;
    copy) words="$common --from --to" ;;
    backup|restore)
      [[ $current == -* ]] || { COMPREPLY=($(compgen -f -- "$current")); return; }
      words=$common ;;
    tenant)
      case $sub in
        create) words="$common --name" ;;
        list) words="$common --json" ;;
        *) words="create list" ;;
      esac ;;
    key)
      case $sub in
        create) words="$common --global --tenant --read-only --label" ;;
        list) words="$common --json" ;;
        revoke) words=$common ;;
        *) words="create list revoke" ;;
      esac ;;
    user)
      case $sub in
        create) words="$common --admin --password-stdin" ;;
        list) words="$common --json" ;;
        password) words="$common --password-stdin" ;;
        delete) words=$common ;;
        *) words="create list password delete" ;;
      esac ;;
    log) words="$common --tenant --limit --json" ;;
    reload|status|routes) words="$common --json" ;;
    test)
      [[ $current == -* ]] || { COMPREPLY=($(compgen -f -- "$current")); return; }
      words="$common --scripts --lanes --match --cover --store" ;;
    new)
      if [[ -z $sub ]]; then words="route reqtype object model --folder --force --config --help"; else words="--folder --force --config --help"; fi ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}

complete -F _patchbay patchbay
