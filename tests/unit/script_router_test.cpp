#include "script/router.h"

#include <catch2/catch.hpp>

using host::script::Router;

namespace {
struct Found {
  int target;
  std::string arguments, allowed;
};
Found find(const Router& router, std::string_view method, std::string_view path) {
  Router::Match match;
  router.find(method, path, match);
  Found found{match.target, "", ""};
  for (std::size_t i = 0; i < match.count; ++i) found.arguments += std::string(match.arguments[i]) + ";";
  for (auto name : match.allowed) found.allowed += std::string(name) + ";";
  return found;
}
}  // namespace

TEST_CASE("the most specific path wins") {
  Router router;
  REQUIRE(router.add("GET", "/sip/{id}", 1));
  REQUIRE(router.add("GET", "/sip/{id}:getStatus", 2));
  REQUIRE(router.add("GET", "/sip:getStatuses", 3));
  REQUIRE(router.add("GET", "/sip/peers", 4));
  REQUIRE(router.add("GET", "/sip", 5));
  REQUIRE(router.add("GET", "/{any}/{other}/x", 6));
  REQUIRE(router.add("GET", "/", 7));

  struct Case {
    const char* path;
    int target;
    const char* arguments;
  };
  for (const Case& it : {Case{"/sip/201", 1, "201;"}, Case{"/sip/201:getStatus", 2, "201;"},
                         Case{"/sip:getStatuses", 3, ""}, Case{"/sip/peers", 4, ""},
                         Case{"/sip", 5, ""}, Case{"/sip/", 5, ""}, Case{"//sip//201//", 1, "201;"},
                         Case{"/sip/peers/x", 6, "sip;peers;"}, Case{"", 7, ""}, Case{"/", 7, ""},
                         Case{"/sip/201:other", 1, "201:other;"}, Case{"/sip/:getStatus", 1, ":getStatus;"},
                         Case{"/nothing", -1, ""}, Case{"/sip/a/b", -1, ""}}) {
    INFO(it.path);
    Found found = find(router, "GET", it.path);
    CHECK(found.target == it.target);
    CHECK(found.arguments == it.arguments);
  }
}

TEST_CASE("a less specific path serves a method the specific one lacks") {
  Router router;
  REQUIRE(router.add("GET", "/a/{id}", 1));
  REQUIRE(router.add("POST", "/a/b", 2));
  CHECK(find(router, "GET", "/a/b").target == 1);
  CHECK(find(router, "POST", "/a/b").target == 2);
  CHECK(find(router, "HEAD", "/a/b").target == 1);
  Found none = find(router, "DELETE", "/a/b");
  CHECK(none.target == -1);
  CHECK(none.allowed == "POST;GET;");
  CHECK(find(router, "DELETE", "/b").allowed.empty());
}

TEST_CASE("wrong and double paths are refused") {
  Router router;
  REQUIRE(router.add("GET", "/a/{id}", 1));
  CHECK_FALSE(router.add("GET", "/a/{other}", 2));
  REQUIRE(router.add("PUT", "/a/{id}", 2));
  for (const char* path : {"a", "/{", "/{}", "/{1a}", "/a{id}", "/{a}{b}", "/}"}) {
    INFO(path);
    CHECK_FALSE(router.add("GET", path, 3));
  }
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "/x";
  CHECK_FALSE(router.add("GET", deep, 3));
  CHECK(find(router, "GET", deep).target == -1);
  CHECK(Router::names("/a/{id}/{other}:go") == std::vector<std::string>{"id", "other"});
}
