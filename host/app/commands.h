// What the command line does to the store without a running host: tenants, keys, people.
#pragma once

#include <string>

#include "base/result.h"
#include "store/store.h"

namespace host::app {

// Each returns the text for standard output, line breaks included.
base::Result<std::string> create_tenant(store::Direct& store, const std::string& code,
                                        const std::string& name);
base::Result<std::string> list_tenants(store::Direct& store, bool json);

// The key alone on a line; only its SHA-256 is kept. An empty tenant: a global key.
base::Result<std::string> create_key(store::Direct& store, const std::string& tenant,
                                     bool read_only, const std::string& label);
base::Result<std::string> list_keys(store::Direct& store, bool json);
base::Result<std::string> revoke_key(store::Direct& store, long long id);

// An empty password makes a random one and prints it, once.
base::Result<std::string> create_user(store::Direct& store, const std::string& name, bool admin,
                                      std::string password);

// The newest change-log entries, oldest first.
base::Result<std::string> show_log(store::Direct& store, const std::string& tenant, int limit,
                                   bool json);

}  // namespace host::app
