#include "base/config.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <unistd.h>

using host::base::Config;

namespace {
// A configuration file that goes with the test.
struct TemporaryConfig {
  explicit TemporaryConfig(const std::string& text) : path("config-test-" + std::to_string(::getpid()) + ".toml") {
    std::ofstream(path) << text;
  }
  ~TemporaryConfig() { ::unlink(path.c_str()); }
  std::string path;
};
}  // namespace

TEST_CASE("a missing file at the default path gives the defaults") {
  auto config = Config::load("/nonexistent/patchbay.toml", false);
  REQUIRE(config);
  CHECK(config->http.listen == std::vector<std::string>{"127.0.0.1:8080"});
  CHECK(config->store.url == "sqlite:///var/lib/patchbay/patchbay.db");
}

TEST_CASE("a missing file that was asked for is an error") {
  CHECK_FALSE(Config::load("/nonexistent/patchbay.toml", true));
}

TEST_CASE("the file of the contract is read") {
  TemporaryConfig file(R"(
[http]
listen = ["127.0.0.1:9000", "unix:/run/patchbay.sock"]
tls = { cert = "/c.pem", key = "/k.pem" }
[store]
url = "sqlite:///x.db"
[scripts]
paths = ["/a", "/b"]
[files]
recordings = "/r"
[[pbx]]
node = "srv02"
port = 5039
secret = "s"
[settings]
proxyapi = { quirks = true }
)");
  auto config = Config::load(file.path, true);
  REQUIRE(config);
  CHECK(config->http.listen.size() == 2);
  CHECK(config->http.tls_certificate == "/c.pem");
  REQUIRE(config->pbx.size() == 1);
  CHECK(config->pbx[0].node == "srv02");
  CHECK(config->pbx[0].port == 5039);
  CHECK(config->settings_json.find("quirks") != std::string::npos);
}

TEST_CASE("an unknown key is an error that names it and its line") {
  TemporaryConfig file("[http]\nlisten = [\"127.0.0.1:1\"]\nlisen = 1\n");
  auto config = Config::load(file.path, true);
  REQUIRE_FALSE(config);
  CHECK(config.error().message.find(":3: unknown key http.lisen") != std::string::npos);
}

TEST_CASE("a wrong type is an error") {
  TemporaryConfig file("[http]\nlanes = \"two\"\n");
  CHECK_FALSE(Config::load(file.path, true));
}

TEST_CASE("the environment overrides the file") {
  TemporaryConfig file("[log]\nlevel = \"info\"\n");
  ::setenv("PATCHBAY_LOG_LEVEL", "debug", 1);
  ::setenv("PATCHBAY_HTTP_TLS_CERT", "/env.pem", 1);
  auto config = Config::load(file.path, true);
  ::unsetenv("PATCHBAY_LOG_LEVEL");
  ::unsetenv("PATCHBAY_HTTP_TLS_CERT");
  REQUIRE(config);
  CHECK(config->log.level == "debug");
  CHECK(config->http.tls_certificate == "/env.pem");
}

TEST_CASE("a secret may be in a file") {
  TemporaryConfig secret("hidden\n");
  TemporaryConfig* kept = &secret;
  std::string path = "config-test-secret.toml";
  std::ofstream(path) << "[[pbx]]\nnode = \"a\"\nsecret = \"file:" << kept->path << "\"\n";
  auto config = Config::load(path, true);
  ::unlink(path.c_str());
  REQUIRE(config);
  CHECK(config->pbx[0].secret == "hidden");
}
