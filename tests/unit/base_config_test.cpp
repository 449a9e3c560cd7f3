#include "base/config.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <unistd.h>

using host::base::Config;

namespace {
// A configuration file that goes with the test.
struct TemporaryConfig {
  explicit TemporaryConfig(const std::string& text) {
    static int made = 0;
    path = "config-test-" + std::to_string(::getpid()) + "-" + std::to_string(++made) + ".toml";
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

TEST_CASE("a wrong value is an error that names its key") {
  struct Case {
    const char* text;
    const char* key;
  };
  const Case cases[] = {
      {"[http]\nlanes = \"two\"\n", "http.lanes"},
      {"[http]\nlanes = 1.5\n", "http.lanes"},
      {"[http]\nlanes = true\n", "http.lanes"},
      {"[http]\nlanes = -1\n", "http.lanes"},
      {"[http]\nbody_mb = 0\n", "http.body_mb"},
      {"[http]\nidle_seconds = nan\n", "http.idle_seconds"},
      {"[http]\nlisten = \"127.0.0.1:1\"\n", "http.listen"},
      {"[http]\nlisten = []\n", "http.listen"},
      {"[http]\nlisten = [1]\n", "http.listen"},
      {"[scripts]\npaths = [\"\"]\n", "scripts.paths"},
      {"[scripts]\nwatch = 1\n", "scripts.watch"},
      {"[log]\nlevel = \"verbose\"\n", "log.level"},
      {"[log]\nformat = \"xml\"\n", "log.format"},
      {"[store]\nurl = 5\n", "store.url"},
      {"[[pbx]]\nport = 5038.5\n", "pbx.port"},
      {"[[pbx]]\nport = 65536\n", "pbx.port"},
      {"[[pbx]]\nsecret = \"a\\nAction: Command\"\n", "pbx.secret"},
      {"[[pbx]]\nnode = \"a\"\n[[pbx]]\nnode = \"a\"\n", "pbx.node"},
      {"[pbx]\nnode = \"a\"\n", "pbx"},
      {"[http]\ntls = { cert = \"/c.pem\" }\n", "http.tls"},
      {"[http]\ntls = { key = \"/k.pem\" }\n", "http.tls"},  // would have been plain HTTP
      {"[http]\ntls = \"/c.pem\"\n", "http.tls"},
      {"http = 1\n", "http"},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    TemporaryConfig file(c.text);
    auto config = Config::load(file.path, true);
    REQUIRE_FALSE(config);
    CHECK(config.error().message.find(c.key) != std::string::npos);
  }
  ::setenv("PATCHBAY_SCRIPTS_PATHS", "", 1);
  auto config = Config::load("/nonexistent/patchbay.toml", false);
  ::unsetenv("PATCHBAY_SCRIPTS_PATHS");
  REQUIRE_FALSE(config);
  CHECK(config.error().message.find("PATCHBAY_SCRIPTS_PATHS") != std::string::npos);
}

TEST_CASE("an unknown key of a section in the environment is an error that names it") {
  for (const char* name : {"PATCHBAY_HTTP_LISTNE", "PATCHBAY_PBX_HOST"}) {
    ::setenv(name, "x", 1);
    auto config = Config::load("/nonexistent/patchbay.toml", false);
    ::unsetenv(name);
    REQUIRE_FALSE(config);
    CHECK(config.error().message == std::string("unknown key in the environment: ") + name);
  }
  ::setenv("PATCHBAY_BIN", "/x", 1);  // somebody else's
  CHECK(Config::load("/nonexistent/patchbay.toml", false));
  ::unsetenv("PATCHBAY_BIN");
}

TEST_CASE("the environment overrides the file") {
  TemporaryConfig file("[log]\nlevel = \"info\"\n");
  ::setenv("PATCHBAY_LOG_LEVEL", "debug", 1);
  ::setenv("PATCHBAY_HTTP_TLS_CERT", "/env.pem", 1);
  ::setenv("PATCHBAY_HTTP_TLS_KEY", "/key.pem", 1);
  auto config = Config::load(file.path, true);
  ::unsetenv("PATCHBAY_LOG_LEVEL");
  ::unsetenv("PATCHBAY_HTTP_TLS_CERT");
  ::unsetenv("PATCHBAY_HTTP_TLS_KEY");
  REQUIRE(config);
  CHECK(config->log.level == "debug");
  CHECK(config->http.tls_certificate == "/env.pem");
}

TEST_CASE("the password of the store goes into its address, from a file too") {
  TemporaryConfig secret("p@ss:w/rd\n");
  auto url = [&](const std::string& address, const std::string& password) -> std::string {
    TemporaryConfig file("[store]\nurl = \"" + address + "\"\npassword = \"" + password + "\"\n");
    auto config = Config::load(file.path, true);
    return config ? config->store.url : config.error().message;
  };
  CHECK(url("mysql://u@db1,db2:3307/p?ssl-ca=/a@b", "file:" + secret.path) == "mysql://u:p%40ss%3Aw%2Frd@db1,db2:3307/p?ssl-ca=/a@b");
  CHECK(url("mysql://u@db1/p", "x y") == "mysql://u:x%20y@db1/p");
  CHECK(url("mysql://db1/p", "x") == "mysql://:x@db1/p");
  CHECK(url("mysql://u:s3cret@db1/p", "x") == "store.password: store.url has one");
  CHECK(url("sqlite:///p.db", "x") == "store.password: store.url takes none");
  CHECK(url("mysql://u@db1/p", "file:/no/such/file") == "secret file cannot be read: /no/such/file");
  CHECK(url("mysql://u:s3cret@db1/p", "") == "mysql://u:s3cret@db1/p");
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

TEST_CASE("helpers are names with argv, and bounds") {
  TemporaryConfig file(R"(
[helpers]
seconds = 2.5
output_kb = 8
at_once = 1
reboot = ["/usr/bin/sudo", "-n", "/usr/sbin/reboot"]
firmware_2 = ["/opt/firmware"]
)");
  auto config = Config::load(file.path, true);
  REQUIRE(config);
  CHECK(config->helpers.seconds == 2.5);
  CHECK(config->helpers.at_once == 1);
  CHECK(config->helpers.commands.size() == 2);
  CHECK(config->helpers.commands["reboot"] == std::vector<std::string>{"/usr/bin/sudo", "-n", "/usr/sbin/reboot"});
  CHECK(config->changed(*config).empty());
  CHECK(config->changed(Config()) ==
        std::vector<std::string>{"helpers.at_once", "helpers.output_kb", "helpers.seconds", "helpers"});
}

TEST_CASE("a helper that is no list of texts with a whole path is refused by its name") {
  for (const char* text : {"x = []", "x = [\"reboot\"]", "x = [\"\"]", "x = [\"/bin/a\", 1]", "x = [[\"/bin/a\"]]", "x = \"/bin/a\"",
                           "x = { a = 1 }", "seconds = 0", "at_once = 0", "\"x y\" = [\"/bin/a\"]", "X = [\"/bin/a\"]",
                           "x = [\"/bin/a\", \"a\\u0000b\"]"}) {
    TemporaryConfig file(std::string("[helpers]\n") + text + "\n");
    auto config = Config::load(file.path, true);
    INFO(text);
    REQUIRE_FALSE(config);
    CHECK(config.error().message.find(":2: ") != std::string::npos);
    CHECK(config.error().message.find("helpers.") != std::string::npos);
  }
}
