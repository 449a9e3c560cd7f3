// The web of a test: what its host asks is answered as the test says, and remembered. Addresses of the
// machine itself that have no answer are asked for real; nothing else is.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "script/test_world.h"

namespace host::app {

class FakeWeb final : public script::TestWeb {
 public:
  std::optional<base::Result<http::ClientResponse>> answer(const http::ClientRequest& request) override;
  void give(std::string url, base::Result<http::ClientResponse> answer) override;
  std::vector<http::ClientRequest> asked() override;
  std::vector<std::string> unknown() override;
  void forget() override;

 private:
  std::mutex mutex_;  // lanes ask, the test tells
  std::vector<std::pair<std::string, base::Result<http::ClientResponse>>> answers_;
  std::vector<http::ClientRequest> asked_;
  std::vector<std::string> unknown_;
};

}  // namespace host::app
