// One AMI action before it is sent. check() refuses everything that would turn a
// value into a second header, a dialplan function, or a packet Asterisk throws away.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace host::ami {

class Action {
 public:
  // Asterisk drops a packet with a longer line, or with more than 128 lines.
  static constexpr std::size_t longest_line = 1022;
  static constexpr std::size_t most_headers = 120;

  explicit Action(std::string name) : name_(std::move(name)) {}

  Action& add(std::string_view header, std::string_view value);
  // A channel variable (Originate, PJSIPNotify, ...), its value quoted so that commas
  // and brackets in it stay a part of it.
  Action& variable(std::string_view name, std::string_view value);

  const std::string& name() const noexcept { return name_; }
  std::string_view get(std::string_view header) const noexcept;  // "" when absent

  base::Result<void> check() const;
  std::string serialise(std::string_view action_id) const;

 private:
  std::string name_;
  std::vector<std::pair<std::string, std::string>> headers_;
};

}  // namespace host::ami
