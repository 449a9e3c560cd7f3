#include <catch2/catch.hpp>

#include "support/bare_state.h"

using namespace host;

TEST_CASE("crypto: digests are lower-case hex") {
  tests::BareState lua(bind::open_crypto);
  auto run = [&](const std::string& code) {
    return lua.run("local crypto = require 'crypto' return crypto." + code);
  };
  CHECK(run("sha256('abc'):sub(1, 16)") == "ba7816bf8f01cfea");
  CHECK(run("sha1('abc')") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(run("md5('abc')") == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(run("hmac_sha256('k', 'v')").size() == 64);
  CHECK(run("hmac_sha256('k', 'v', true)").size() == 32);
  CHECK(run("unseal('k', crypto.seal('k', 'text'))") == "text");
  CHECK(run("unseal('other', crypto.seal('k', 'text'))") == "");
  CHECK(run("random(8)").size() == 16);
  CHECK(run("random(0)").find("raised: ") == 0);
  CHECK(run("random(5000)").find("raised: ") == 0);
  CHECK(run("base64('fo')") == "Zm8=");
  CHECK(run("unbase64('Zm8=')") == "fo");
  CHECK(run("unbase64('!')") == "");
  CHECK(run("base64url('\\255\\254')") == "__4");
  CHECK(run("unbase64url('__4') == '\\255\\254'") == "true");
  CHECK(run("equal('a', 'a')") == "true");
  CHECK(run("equal('a', 'b')") == "false");
  CHECK(run("equal(nil, 'b')").find("raised: ") == 0);
}
