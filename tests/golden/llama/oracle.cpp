// What llama-server makes of a conversation (the prompt) and of raw answers (the message): the functions that it calls for --jinja.
//
// Reads one JSON object a line: template, messages, tools (both as in OpenAI's API), think, generate (whether an answer shall follow),
// answers (raw texts).
// Writes one a line: prompt, and for each answer the message in OpenAI's form, or the error.
// make.py beside it compiles and runs it.

#include "chat.h"
#include "log.h"

#include <iostream>
#include <string>

static common_json answered(const std::string & text, const common_chat_parser_params & params) {
    try {
        return common_chat_parse(text, false, params).to_json_oaicompat();
    } catch (const std::exception & error) {
        return common_json::object({ { "error", std::string(error.what()) } });
    }
}

static common_json served(const common_json & request) {
    auto templates = common_chat_templates_init(nullptr, request.at("template").get<std::string>(), "<s>", "</s>");
    auto caps      = common_chat_templates_get_caps(templates.get());

    common_chat_templates_inputs inputs;
    inputs.messages            = common_chat_msgs_parse_oaicompat(request.at("messages"));
    inputs.tools               = common_chat_tools_parse_oaicompat(request.at("tools"));
    inputs.parallel_tool_calls = caps["supports_parallel_tool_calls"];
    inputs.reasoning_format    = COMMON_REASONING_FORMAT_DEEPSEEK;
    inputs.enable_thinking     = request.at("think").get<bool>();
    inputs.add_generation_prompt = request.at("generate").get<bool>();
    if (!inputs.enable_thinking) {
        inputs.chat_template_kwargs["enable_thinking"] = "false";
    }
    auto made = common_chat_templates_apply(templates.get(), inputs);

    common_chat_parser_params params(made);
    params.reasoning_format = inputs.reasoning_format;
    params.parse_tool_calls = !inputs.tools.empty();
    if (!made.parser.empty()) {
        params.parser.load(made.parser);
    }
    auto answers = common_json::array();
    for (size_t i = 0; i < request.at("answers").size(); i++) {
        answers.push_back(answered(request.at("answers").at(i).get<std::string>(), params));
    }
    return common_json::object({ { "prompt", made.prompt }, { "answers", answers } });
}

int main() {
    common_log_pause(common_log_main());
    for (std::string line; std::getline(std::cin, line);) {
        try {
            std::cout << served(common_json::parse(line)).dump_safe() << std::endl;
        } catch (const std::exception & error) {
            std::cout << common_json::object({ { "error", std::string(error.what()) } }).dump_safe() << std::endl;
        }
    }
}
