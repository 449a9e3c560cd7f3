// What a Lua test may ask for: filled by app/testing.cpp, shown by bind/testing.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/function.h"
#include "http/client.h"
#include "script/helpers.h"

namespace host::ami {
class Fake;
}

namespace host::script {

// The store of the host under test, as app/probe.h has it in hand.
class StoreProbe {
 public:
  struct Counts {
    std::uint64_t reads = 0;       // outside of transactions
    std::uint64_t statements = 0;  // inside of them
  };
  virtual ~StoreProbe() = default;
  // Makes the `count`-th statement or commit of a transaction from now fail, 0 none. Returns what was
  // left of the count before.
  virtual std::uint64_t fail(std::uint64_t count) noexcept = 0;
  // Does the `count`-th commit from now and loses its answer, 0 none.
  virtual void lose(std::uint64_t count) noexcept = 0;
  virtual Counts counts() noexcept = 0;  // since the last call
};

// What the host under test asks of the web, as app/fake_web.h answers it.
class TestWeb : public http::Web {
 public:
  virtual void give(std::string url, base::Result<http::ClientResponse> answer) = 0;
  virtual std::vector<http::ClientRequest> asked() = 0;
  virtual std::vector<std::string> unknown() = 0;  // asked without an answer since the last call
  virtual void forget() = 0;
};

// What the host under test runs on the machine, as app/fake_helpers.h answers it. `words` is the name, and what follows
// of the arguments, with a blank between them.
class TestHelpers : public Helpers {
 public:
  virtual void give(std::string words, base::Result<loop::Ended> answer) = 0;
  virtual std::vector<HelperCall> asked() = 0;
  virtual void forget() = 0;
};

struct TestWorld {
  std::string url;     // http://127.0.0.1:port of the host under test
  std::string folder;  // its files: recordings/, voicemail/, media/, fax/
  std::string key, read_key, other_key, global_key, global_read_key;
  std::string password;  // of the user admin
  ami::Fake* fake = nullptr;
  StoreProbe* store = nullptr;
  TestWeb* web = nullptr;
  TestHelpers* helpers = nullptr;
  // Gives the host under test other [settings] as JSON; `done` gets the outcome of the reload that follows.
  std::function<void(std::string json, std::function<void(std::string)> done)> settings;
  // The host's documents by path, as an earlier file with the same scripts had them: to make one takes longer than
  // most files' tests.
  std::map<std::string, std::string>* documents = nullptr;
  std::vector<std::string> tables;  // of the store
  std::vector<std::string> (*logged)() = nullptr;  // lines at warn and above since the last call
};

}  // namespace host::script
