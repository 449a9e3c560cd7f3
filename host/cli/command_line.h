// What the command line asks for, as values: the command, and what was given to it.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "app/testing.h"

namespace host::cli {

// What overrides the configuration.
struct Options {
  std::string config = "/etc/patchbay/patchbay.toml";
  bool config_given = false;
  std::vector<std::string> listen;
  std::string database;
  std::vector<std::string> scripts;
  int lanes = 0;
};

struct Command {
  std::string name;  // "serve", "key create"; "" is none, "--list-api" asks for the primitives
  Options options;
  bool json = false;

  struct {
    std::string code, name;
  } tenant;
  struct {
    std::string tenant, label;
    bool read_only = false;
    long long id = 0;
  } key;
  struct {
    std::string name;
    bool admin = false, password_stdin = false;
  } user;
  struct {
    std::string tenant;
    int limit = 50;
  } log;
  struct {
    std::string from, to;
  } copy;
  std::string backup;  // the file of backup and restore
  app::TestOptions test;
  struct {
    std::string kind, name, folder = ".";
    bool force = false;
  } fresh;
};

// What there is to do, or the status to exit with: everything has been said then.
std::variant<Command, int> parse(int argc, const char* const* argv, const std::string& version);

// The text of `patchbay --help`.
std::string help(const std::string& version);

}  // namespace host::cli
