#include <fmt/format.h>

#include <algorithm>

#include "store/engine.h"
#include "store/mariadb/database.h"
#include "store/sqlite/database.h"

namespace host::store {

using base::Result;

static constexpr const Engine* all_engines[] = {&sqlite::engine, &mariadb::engine};

Result<const Engine*> engine_of(std::string_view url) {
  for (const Engine* engine : all_engines) {
    if (url.starts_with(engine->scheme)) return engine;
  }
  std::string known;
  for (const Engine* engine : all_engines) known += fmt::format("{}{}", known.empty() ? "" : " or ", engine->scheme);
  return base::invalid(fmt::format("database: not a {} address: {}", known,
                                   url.substr(0, std::min(url.find(':'), std::size_t{20}))));
}

Result<std::unique_ptr<Database>> open(std::string_view url, const Settings& settings) {
  TRY(const Engine* engine, engine_of(url));
  return engine->open(url, settings);
}

Result<std::unique_ptr<Direct>> open_for_cli(std::string_view url) {
  TRY(const Engine* engine, engine_of(url));
  return engine->direct(url);
}

Result<bool> shared(std::string_view url) {
  TRY(const Engine* engine, engine_of(url));
  return engine->shared;
}

Result<void> create(std::string_view url) {
  TRY(const Engine* engine, engine_of(url));
  return engine->create(url);
}

Result<void> restore(std::string_view pattern, std::string_view url) {
  TRY(const Engine* engine, engine_of(url));
  if (!pattern.starts_with(engine->scheme)) return base::invalid("database: two engines");
  return engine->restore(pattern, url);
}

Result<void> drop(std::string_view url) {
  TRY(const Engine* engine, engine_of(url));
  return engine->drop(url);
}

std::string beside(std::string_view url, std::string_view ending) {
  auto options = std::min(url.find('?'), url.size());
  return fmt::format("{}{}{}", url.substr(0, options), ending, url.substr(options));
}

}  // namespace host::store
