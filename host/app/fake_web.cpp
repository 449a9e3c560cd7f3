#include "app/fake_web.h"

#include <utility>

namespace host::app {

using base::Result;
using http::ClientResponse;

static constexpr std::size_t most_asked = 10'000;

static bool of_this_machine(std::string_view url) {
  std::size_t from = url.find("://");
  if (from == std::string_view::npos) return true;  // no address: the real client says so
  std::string_view host = url.substr(from + 3);
  for (std::string_view name : {"127.", "localhost", "[::1]"}) {
    if (host.starts_with(name)) return true;
  }
  return false;
}

std::optional<Result<ClientResponse>> FakeWeb::answer(const http::ClientRequest& request) {
  std::lock_guard lock(mutex_);
  const Result<ClientResponse>* found = nullptr;
  std::string_view url = request.url, path = url.substr(0, url.find('?'));
  // The newest answer counts, the whole address before the one without its query.
  for (std::string_view wanted : {url, path}) {
    for (auto it = answers_.rbegin(); !found && it != answers_.rend(); ++it) {
      if (it->first == wanted) found = &it->second;
    }
  }
  if (!found && of_this_machine(url)) return std::nullopt;
  if (asked_.size() < most_asked) asked_.push_back(request);
  if (found) return *found;
  unknown_.push_back(request.method + " " + request.url);
  return base::unavailable("the test gives no answer to " + request.url);
}

void FakeWeb::give(std::string url, Result<ClientResponse> answer) {
  std::lock_guard lock(mutex_);
  answers_.emplace_back(std::move(url), std::move(answer));
}

std::vector<http::ClientRequest> FakeWeb::asked() {
  std::lock_guard lock(mutex_);
  return asked_;
}

std::vector<std::string> FakeWeb::unknown() {
  std::lock_guard lock(mutex_);
  return std::exchange(unknown_, {});
}

void FakeWeb::forget() {
  std::lock_guard lock(mutex_);
  answers_.clear();
  asked_.clear();
  unknown_.clear();
}

}  // namespace host::app
