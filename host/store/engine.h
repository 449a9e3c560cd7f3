// The engines: what store.h promises, by the scheme of a URL. Only this folder includes it.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "store/store.h"

namespace host::store {

struct Engine {
  std::string_view name;    // as in schema files that are its own: NNNN_what.NAME.sql
  std::string_view scheme;  // "NAME://"
  bool shared;              // several hosts may use one at once
  base::Result<std::unique_ptr<Database>> (*open)(std::string_view url, const Settings& settings);
  base::Result<std::unique_ptr<Direct>> (*direct)(std::string_view url);
  base::Result<void> (*create)(std::string_view url);  // an empty one, where there is none
  base::Result<void> (*restore)(std::string_view pattern, std::string_view url);
  base::Result<void> (*drop)(std::string_view url);
  // Makes a store what another one of the engine is at this moment, in one transaction; both may be in use. Null: it
  // cannot.
  base::Result<void> (*replace)(std::string_view from, std::string_view to) = nullptr;
};

// A URL may hold a password: an error shows its scheme alone.
base::Result<const Engine*> engine_of(std::string_view url);

}  // namespace host::store
