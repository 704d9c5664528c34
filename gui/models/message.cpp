#include "gui/models/message.h"

namespace gui
{
namespace
{

// One list for both directions, so that they cannot differ.
template <typename Meta, typename Visit>
void eachField(Meta &meta, Visit visit)
{
    visit("model", meta.model);
    visit("tokens", meta.tokens);
    visit("thinkingTokens", meta.thinkingTokens);
    visit("promptTokens", meta.promptTokens);
    visit("cachedTokens", meta.cachedTokens);
    visit("seconds", meta.seconds);
    visit("firstTokenSeconds", meta.firstTokenSeconds);
    visit("thinkingSeconds", meta.thinkingSeconds);
    visit("seed", meta.seed);
    visit("ending", meta.ending);
    visit("stop", meta.stop);
    visit("error", meta.error);
    visit("errorCode", meta.errorCode);
}

void read(const QJsonValue &value, QString &into) { into = value.toString(); }
void read(const QJsonValue &value, int &into) { into = value.toInt(); }
void read(const QJsonValue &value, double &into) { into = value.toDouble(); }

} // namespace

QJsonObject MessageMeta::toJson() const
{
    QJsonObject object;
    eachField(*this, [&object](const char *key, const auto &value) {
        if (value != std::decay_t<decltype(value)>{}) object.insert(QLatin1String(key), value);
    });
    if (!mix.isEmpty()) object.insert(QStringLiteral("mix"), mix.toJson());
    return object;
}

MessageMeta MessageMeta::fromJson(const QJsonObject &object)
{
    MessageMeta meta;
    eachField(meta,
              [&object](const char *key, auto &value) { read(object.value(QLatin1String(key)), value); });
    meta.mix = MessageMix::fromJson(object.value(QStringLiteral("mix")).toObject());
    return meta;
}

} // namespace gui
