#include "codec/digest.h"

#include <catch2/catch.hpp>

#include "base/text.h"

using namespace host;
namespace digest = codec::digest;
using base::text::hex;

TEST_CASE("digest: known answers") {
  CHECK(hex(digest::sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(digest::sha256("")) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(digest::sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(hex(digest::md5("abc")) == "900150983cd24fb0d6963f7d28e17f72");
  // RFC 4231, case 2.
  CHECK(hex(digest::hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(digest::hmac_sha256({}, {}).size() == 32);
  // RFC 7914, 12
  CHECK(hex(digest::scrypt("pleaseletmein", "SodiumChloride", 14)) ==
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
}

TEST_CASE("digest: base64 both ways") {
  CHECK(digest::base64("") == "");
  CHECK(digest::base64("f") == "Zg==");
  CHECK(digest::base64("fo") == "Zm8=");
  CHECK(digest::base64("foobar") == "Zm9vYmFy");
  CHECK(digest::base64("\xff\xfe", true) == "__4");
  CHECK(digest::unbase64("Zm8=") == "fo");
  CHECK(digest::unbase64("Zm8") == "fo");
  CHECK(digest::unbase64("__4", true) == "\xff\xfe");
  CHECK_FALSE(digest::unbase64("__4"));
  CHECK_FALSE(digest::unbase64("Zm8=="));
  CHECK_FALSE(digest::unbase64("Z"));
  CHECK_FALSE(digest::unbase64("Zm 8"));
  CHECK_FALSE(digest::unbase64("Zm8=\n"));
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  CHECK(digest::unbase64(digest::base64(all)) == all);
  CHECK(digest::unbase64(digest::base64(all, true), true) == all);
}

TEST_CASE("digest: random bytes and equality") {
  CHECK(digest::random(16).size() == 16);
  CHECK(digest::random(16) != digest::random(16));
  CHECK(digest::equal("abc", "abc"));
  CHECK_FALSE(digest::equal("abc", "abd"));
  CHECK_FALSE(digest::equal("abc", "abcd"));
  CHECK(digest::equal("", ""));
}
