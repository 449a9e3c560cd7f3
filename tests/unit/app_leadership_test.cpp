#include "app/leadership.h"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <filesystem>

using namespace host;
using app::Leadership;

namespace {
struct Store {
  Store() {
    REQUIRE(mkdtemp(folder.data()));
    REQUIRE(store::create(url()));
    auto direct = store::open_for_cli(url());
    REQUIRE(direct);
    REQUIRE((*direct)->script("CREATE TABLE ho_hosts (ho_id TEXT PRIMARY KEY, ho_name TEXT, ho_beat INTEGER);"
                              "CREATE TABLE le_leases (le_name TEXT PRIMARY KEY, le_host TEXT, le_token INTEGER, le_used INTEGER)"));
  }
  ~Store() { std::filesystem::remove_all(folder); }
  std::string url() const { return "sqlite://" + folder + "/test.db"; }
  std::string folder = "/tmp/leadership-XXXXXX";
};

// Ten times as fast as in earnest.
struct Host {
  Host(loop::Loop& loop, const Store& store, const char* address)
      : leadership(loop, store.url(), address, [this](const std::string& job, const store::Leases::Lease& lease) {
          terms[job] = lease.term;
          holders[job] = lease.holder;
        }, {100, 400, 500}) {}

  std::map<std::string, std::int64_t> terms;
  std::map<std::string, std::string> holders;
  Leadership leadership;
};

template <typename Done>
void until(loop::Loop& loop, Done done) {
  for (int turn = 0; turn < 10'000 && !done(); ++turn) {
    loop.poll();
    ::usleep(1000);
  }
  REQUIRE(done());
}
}  // namespace

TEST_CASE("one host leads, the next one takes over when it goes or is gone, and a store that is lost ends it") {
  loop::Loop loop;
  Store store;
  auto one = std::make_unique<Host>(loop, store, "one:80");
  one->leadership.want({"a", "b"});
  until(loop, [&] { return one->terms["a"] == 1 && one->terms["b"] == 1; });
  Host two(loop, store, "two:80");
  two.leadership.want({"a"});
  until(loop, [&] { return two.holders["a"].ends_with("one:80"); });
  CHECK(two.terms["a"] == 0);

  bool released = false;
  one->leadership.release([&] { released = true; });
  until(loop, [&] { return released && two.terms["a"] == 2; });
  one = std::make_unique<Host>(loop, store, "one:80");
  one->leadership.want({"a"});
  until(loop, [&] { return one->holders["a"].ends_with("two:80"); });

  auto direct = store::open_for_cli(store.url());
  REQUIRE(direct);
  REQUIRE((*direct)->script("DROP TABLE le_leases"));
  until(loop, [&] { return two.terms["a"] == 0; });
}
