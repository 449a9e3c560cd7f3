#compdef patchbay
# zsh completion for patchbay(1); installed as _patchbay

_patchbay() {
  local -a common=(
    '--config[configuration file]:file:_files'
    '--database[store]:url (sqlite\:///path)'
    '(-h --help)'{-h,--help}'[list the options]'
  )
  local -a json=('--json[print for machines]')
  local -a scripts=('*--scripts[folder of scripts, later ones override]:folder:_files -/')
  local state line
  typeset -A opt_args

  _arguments -C '--version[print the version]' '(-h --help)'{-h,--help}'[list the commands]' \
    '1:command:->command' '*::argument:->argument' && return

  case $state in
    command)
      local -a commands=(
        'serve:answer requests until a signal ends it'
        'check:load every script and say what is wrong'
        'migrate:bring the database to the current schema'
        'copy:copy a store into another one'
        'backup:write the store and its files into a new file'
        'restore:make the store and its files what a backup holds'
        'tenant:tenants' 'key:API keys' 'user:people'
        'log:show who changed what'
        'reload:load the scripts of the running host anew'
        'status:show the state of the running host'
        'routes:show everything that answers'
        'test:run Lua handler tests on a throw-away host'
        'new:write a commented skeleton with its test'
      )
      _describe command commands ;;
    argument)
      case $line[1] in
        serve)
          _arguments $common $scripts '*--listen[where to listen]:HOST\:PORT or unix\:/path' '--lanes[threads]:number' ;;
        check) _arguments $common $scripts ;;
        migrate) _arguments $common ;;
        backup|restore) _arguments $common '1:file:_files' ;;
        copy) _arguments $common '--from[the store that is read]:url' '--to[the store that becomes the same]:url' ;;
        tenant)
          case $words[2] in
            create) _arguments $common '--name[display name]:name' '1: :(create)' '2:code: ' ;;
            list) _arguments $common $json '1: :(list)' ;;
            *) _values tenant create list ;;
          esac ;;
        key)
          case $words[2] in
            create)
              _arguments $common '(--tenant)--global[for all tenants]' '(--global)--tenant[for one]:code' \
                '--read-only[changes nothing]' '--label[what it is for]:text' '1: :(create)' ;;
            list) _arguments $common $json '1: :(list)' ;;
            revoke) _arguments $common '1: :(revoke)' '2:id: ' ;;
            *) _values key create list revoke ;;
          esac ;;
        user)
          case $words[2] in
            create) _arguments $common '--admin' '--password-stdin[first line of standard input]' '1: :(create)' '2:name: ' ;;
            list) _arguments $common $json '1: :(list)' ;;
            password) _arguments $common '--password-stdin[first line of standard input]' '1: :(password)' '2:name: ' ;;
            delete) _arguments $common '1: :(delete)' '2:name: ' ;;
            *) _values user create list password delete ;;
          esac ;;
        log) _arguments $common $json '--tenant[of one tenant]:code' '--limit[entries]:number' ;;
        reload|status|routes) _arguments $common $json ;;
        test)
          _arguments $common $scripts '--lanes[threads]:number' '--match[tests whose name or file holds this]:text' \
            '--store[database beside which those of the tests are made]:url' \
            '*--cover[every action in it must be answered]:folder:_files -/' \
            '*:file:_files' ;;
        new)
          _arguments '--folder[scripts folder]:folder:_files -/' '--force[even where it replaces a script of another folder]' '--config[configuration file]:file:_files' '1:kind:(route reqtype object model)' '2:name: ' ;;
      esac ;;
  esac
}

_patchbay "$@"
