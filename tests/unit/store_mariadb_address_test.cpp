#include "store/mariadb/address.h"

#include <fstream>

#include "store_fixture.h"

using namespace store_test;
using store::mariadb::Address;
using store::mariadb::parse_address;

TEST_CASE("an address names its hosts, its account and its database") {
  auto one = parse_address("mysql://ann:p%40ss%3Aword@db1.example:3307,db2,[::1]:3308/calls?ssl-ca=/etc/ca.pem");
  REQUIRE(one);
  CHECK(one->user == "ann");
  CHECK(one->password == "p@ss:word");
  CHECK(one->hosts == std::vector<Address::Host>{{"db1.example", 3307}, {"db2", 3306}, {"::1", 3308}});
  CHECK(one->database == "calls");
  CHECK(one->tls == Address::Tls::verified);
  CHECK(one->ca == "/etc/ca.pem");
  CHECK(parse_address("mysql://root@/calls?socket=/run/x.sock")->socket == "/run/x.sock");
  CHECK(parse_address("mysql://root@h/calls?ssl-mode=required")->tls == Address::Tls::required);
}

TEST_CASE("a password may stand in a file of its own") {
  Folder folder;
  std::ofstream(folder.path + "/secret") << "hush\n";
  auto read = parse_address("mysql://ann:file%3A" + folder.path + "/secret@db/calls");
  REQUIRE(read);
  CHECK(read->password == "hush");
  CHECK_FALSE(parse_address("mysql://ann:file:" + folder.path + "/none@db/calls"));
}

TEST_CASE("a broken address is an error that holds no password") {
  for (const char* url : {"mysql://ann:s3cret@db", "mysql://ann:s3cret@db/", "mysql://ann:s3cret@db:0/x",
                          "mysql://ann:s3cret@db:99999/x", "mysql://ann:s3cret@db/x?ssl-mode=maybe",
                          "mysql://ann:s3cret@db/x?colour=red", "mysql://ann:s3cret@db/x?ssl-ca", "mysql://ann:s3cret%zz@db/x",
                          "mysql://ann:s3cret@db/a\"b", "mysql://ann:s3cret@[::1/x"}) {
    INFO(url);
    auto wrong = parse_address(url);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().message.find("s3cret") == std::string::npos);
  }
}
