#include "http/multipart.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using namespace host;
using http::Multipart;

namespace {
struct Read {
  http::Refusal refusal;
  std::vector<http::Part> parts;
};

Read read(std::string_view body, std::size_t step = std::string_view::npos,
          http::MultipartLimits limits = {}, std::string_view boundary = "XX") {
  Multipart reader(boundary, limits);
  Read out;
  for (std::size_t at = 0; at < body.size() && !out.refusal; at += std::min(step, body.size())) {
    out.refusal = reader.feed(body.substr(at, step));
    if (!out.refusal) out.refusal = http::store(reader.take_writes());
  }
  if (!out.refusal) out.refusal = reader.finish();
  if (!out.refusal) out.parts = reader.take_parts();
  return out;
}

std::string part(const std::string& headers, const std::string& data) {
  return "--XX\r\n" + headers + "\r\n\r\n" + data + "\r\n";
}

const std::string plain = "Content-Disposition: form-data; name=\"a\"";
}  // namespace

TEST_CASE("multipart: fields and files, in any slicing") {
  std::string binary = std::string("\r\n--X\r\n-\0\r\n--XY", 15);
  binary[13] = 'Z';
  std::string body = "preamble\r\n" + part(plain, "1") +
                     part("content-disposition: form-data; name=f; filename=\"C:\\dir\\x \\\"y\\\".wav\"\r\n"
                          "Content-Type: audio/wav",
                          binary) +
                     part(plain, "") + "--XX-- \r\nepilogue";
  for (std::size_t step = 1; step < 40; ++step) {
    INFO("step " << step);
    Read r = read(body, step);
    INFO(r.refusal.reason);
    REQUIRE_FALSE(r.refusal);
    REQUIRE(r.parts.size() == 3);
    CHECK(r.parts[0].name == "a");
    CHECK(r.parts[0].data == "1");
    CHECK(r.parts[0].size == 1);
    CHECK(r.parts[1].name == "f");
    CHECK(r.parts[1].filename == "C:\\dir\\x \"y\".wav");
    CHECK(r.parts[1].content_type == "audio/wav");
    CHECK(r.parts[1].data == binary);
    CHECK(r.parts[2].data.empty());
    CHECK_FALSE(r.parts[2].file);
  }
}

TEST_CASE("multipart: a form without parts is legal") {
  CHECK_FALSE(read("--XX--\r\n").refusal);
}

TEST_CASE("multipart: what is malformed is refused") {
  struct Case {
    const char* what;
    std::string body;
    int status;
  };
  const Case cases[] = {
      {"no boundary at all", "hello", 400},
      {"empty body", "", 400},
      {"no closing boundary", part(plain, "x"), 400},
      {"bytes after a boundary", "--XXjunk\r\n" + plain + "\r\n\r\nx\r\n--XX--", 400},
      {"no disposition", part("Content-Type: a/b", "x") + "--XX--", 400},
      {"no headers", "--XX\r\n\r\nx\r\n--XX--", 400},
      {"no name", part("Content-Disposition: form-data", "x") + "--XX--", 400},
      {"attachment", part("Content-Disposition: attachment; name=a", "x") + "--XX--", 400},
      {"two names", part(plain + "; name=b", "x") + "--XX--", 400},
      {"two dispositions", part(plain + "\r\n" + plain, "x") + "--XX--", 400},
      {"open quote", part("Content-Disposition: form-data; name=\"a", "x") + "--XX--", 400},
      {"junk after a quote", part("Content-Disposition: form-data; name=\"a\"b", "x") + "--XX--", 400},
      {"control byte", part(plain + "\x01", "x") + "--XX--", 400},
      {"folded header", part(plain + "\r\n x: y", "x") + "--XX--", 400},
      {"no colon", part(plain + "\r\nabc", "x") + "--XX--", 400},
      {"large header", part(plain + "\r\nX: " + std::string(9000, 'x'), "x") + "--XX--", 431},
  };
  for (const Case& c : cases) {
    for (std::size_t step : {std::size_t(1), std::string::npos}) {
      INFO(c.what);
      CHECK(read(c.body, step).refusal.status == c.status);
    }
  }
}

TEST_CASE("multipart: too many parts") {
  http::MultipartLimits limits;
  limits.parts = 2;
  CHECK_FALSE(read(part(plain, "1") + part(plain, "2") + "--XX--", 5, limits).refusal);
  CHECK(read(part(plain, "1") + part(plain, "2") + part(plain, "3") + "--XX--", 5, limits).refusal.status == 413);
}

TEST_CASE("multipart: a large part spills to a private file that goes with it") {
  http::MultipartLimits limits;
  limits.part_memory_bytes = 100;
  std::string data;
  for (int i = 0; i < 50000; ++i) data += std::to_string(i) + "\r\n-";
  Read r = read(part(plain, data) + part(plain, "small") + "--XX--", 1000, limits);
  REQUIRE_FALSE(r.refusal);
  REQUIRE(r.parts.size() == 2);
  REQUIRE(r.parts[0].file);
  CHECK(r.parts[0].data.empty());
  CHECK(r.parts[0].size == data.size());
  CHECK(r.parts[1].data == "small");
  std::string path = r.parts[0].file->path();
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 077) == 0);
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  CHECK(content.str() == data);
  r.parts.clear();
  CHECK(::access(path.c_str(), F_OK) != 0);
}

TEST_CASE("multipart: many small parts spill once they are large together") {
  http::MultipartLimits limits;
  limits.memory_bytes = 250;
  std::string body;
  for (int i = 0; i < 5; ++i) body += part(plain, std::string(100, 'x'));
  Read r = read(body + "--XX--", 7, limits);
  REQUIRE(r.parts.size() == 5);
  std::size_t memory = 0;
  for (auto& p : r.parts) memory += p.data.size();
  CHECK(memory <= 250);
  CHECK(r.parts[4].file);
}

TEST_CASE("multipart: a folder that cannot be written is the server's fault") {
  http::MultipartLimits limits;
  limits.part_memory_bytes = 1;
  limits.temporary_folder = "/nonexistent/folder";
  CHECK(read(part(plain, "xxx") + "--XX--", 64, limits).refusal.status == 500);
}

TEST_CASE("multipart: the boundary is taken from the content type") {
  CHECK(*Multipart::boundary("multipart/form-data; boundary=abc") == "abc");
  CHECK(*Multipart::boundary("multipart/form-data; charset=x; BOUNDARY=\"a b:c\"") == "a b:c");
  for (const char* type :
       {"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"",
        "multipart/form-data; boundary=a; boundary=b", "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=a<b",
        "multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789x"}) {
    INFO(type);
    CHECK_FALSE(Multipart::boundary(type));
  }
  CHECK(Multipart::is_form_data("Multipart/Form-Data ; boundary=x"));
  CHECK_FALSE(Multipart::is_form_data("multipart/mixed; boundary=x"));
}
