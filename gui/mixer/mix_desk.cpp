#include "gui/mixer/mix_desk.h"
#include "gui/chat_controller.h"
#include "gui/engine_bridge.h"
#include "gui/library.h"
#include "gui/state_orders.h"

#include <algorithm>

namespace gui
{
namespace ev = engine::event;

namespace
{

constexpr int kMeterTokens = 4; ///< the newest ones that the meters show
constexpr double kExampleGate = 0.5;

} // namespace

MixDesk::MixDesk(EngineBridge &bridge, ChatController &chats, Library &library, QObject *parent)
    : QObject(parent)
    , m_bridge(bridge)
    , m_chats(chats)
    , m_library(library)
{
    connect(&m_model, &MixerModel::edited, this, [this] {
        m_chats.setMix(m_model.mix());
        Q_EMIT changed();
    });
    connect(&m_chats, &ChatController::currentChanged, this, &MixDesk::takeMix);
    connect(&m_chats, &ChatController::mixChanged, this, &MixDesk::takeMix);
    connect(&m_chats, &ChatController::stateChanged, this, &MixDesk::changed);
    connect(&m_chats, &ChatController::chatRead, this, &MixDesk::showLastMeters);
    connect(&m_chats, &ChatController::voicesHeard, this, &MixDesk::showMeters);
    connect(&m_library, &Library::scanChanged, this, &MixDesk::changed);
    connect(&m_library.states(), &QAbstractItemModel::dataChanged, this, &MixDesk::changed);
    connect(&m_bridge, &EngineBridge::eventArrived, this, &MixDesk::handle);
    connect(&m_bridge, &EngineBridge::snapshotTaken, this, &MixDesk::takeSnapshot);
    takeMix();
}

void MixDesk::openFolder(const QString &folder) { m_store.setFile(folder + QStringLiteral("/mixes.json")); }

void MixDesk::takeMix()
{
    if (m_model.mix() == m_chats.mix()) return;
    m_model.show(m_chats.mix());
    showLastMeters();
    Q_EMIT changed();
}

QVector<MixDesk::Choice> MixDesk::choices() const
{
    QVector<Choice> result;
    const ExtraListModel &states = m_library.states();
    for (int row = 0; row < states.rowCount(); ++row) {
        const ExtraListModel::Entry &entry = states.entry(row);
        Choice choice;
        choice.name = QString::fromStdString(entry.file.name);
        choice.path = QString::fromStdString(entry.file.path);
        choice.about = QString::fromStdString(entry.file.about);
        const bool fits = entry.match != Match::Differs && entry.match != Match::Unreadable;
        if (!fits)
            choice.problem = entry.problem.isEmpty() ? tr("It does not fit the model.") : entry.problem;
        choice.isTaken = m_model.mix().find(choice.path) >= 0;
        // The pack's come first: they are what one tries first.
        const auto place = entry.file.isDemo ? std::find_if(result.begin(), result.end(),
                                                            [](const Choice &c) { return c.about.isEmpty(); })
                                             : result.end();
        result.insert(place, choice);
    }
    const bool hasBase = m_model.mix().find({}) >= 0;
    result.push_back({tr("Base"), {}, tr("The model without a state"), {}, hasBase});
    return result;
}

QString MixDesk::problemOf(const MixVoice &voice) const
{
    if (voice.isBase()) return {};
    const auto *entry = m_library.states().find(voice.path);
    if (!entry || (entry->match != Match::Differs && entry->match != Match::Unreadable)) return {};
    return entry->problem.isEmpty() ? tr("It does not fit the model.") : entry->problem;
}

bool MixDesk::addVoice(const QString &path)
{
    for (const Choice &choice : choices()) {
        if (choice.path != path) continue;
        if (!choice.problem.isEmpty()) {
            Q_EMIT m_model.resisted(tr("“%1” cannot be a voice: %2").arg(choice.name, choice.problem));
            return false;
        }
        return m_model.add(choice.name, path);
    }
    return m_model.add(m_library.nameOf(path), path);
}

void MixDesk::dropState(const QString &path)
{
    const auto *known = m_library.states().find(path);
    if (known && known->match != Match::Unknown)
        addVoice(path);
    else if (m_bridge.hasEngine())
        m_drops.insert(m_bridge.engine().inspectState(stateOrders().spec(path)), path);
}

MixDesk::Needs MixDesk::needs() const
{
    Needs needs;
    needs.rows = m_model.rowCount();
    needs.slots = m_slots;
    needs.bytes = m_stateBytes * std::size_t(needs.rows);
    needs.free = std::max(0, m_slots - m_busy);
    return needs;
}

std::optional<Mix> MixDesk::exampleMix() const
{
    Mix mix;
    for (const auto *name : {"pirate", "poet"}) {
        const ExtraListModel &states = m_library.states();
        for (int row = 0; row < states.rowCount(); ++row) {
            const engine::ExtraInfo &file = states.entry(row).file;
            if (!file.isDemo || file.name != name) continue;
            MixVoice voice;
            voice.name = QString::fromStdString(file.name);
            voice.path = QString::fromStdString(file.path);
            voice.gate = kExampleGate;
            mix.voices.push_back(voice);
        }
    }
    if (mix.voices.size() != 2) return std::nullopt;
    mix.name = tr("Pirate and poet");
    return mix;
}

void MixDesk::useNone()
{
    if (!m_model.mix().isEmpty()) m_model.setOn(false);
}

bool MixDesk::waitsForNextAnswer() const
{
    if (!m_chats.isGenerating()) return false;
    const Mix &running = m_chats.runningMix();
    const Mix &wanted = m_model.mix();
    if (running.isEmpty() || !wanted.isHeard()) return running.isHeard() != wanted.isHeard();
    return !running.isSameDesk(wanted) || running.policy != wanted.policy;
}

int MixDesk::answerRow(int wanted) const
{
    const TranscriptModel &transcript = *m_chats.transcript();
    const auto isMixed = [&](int row) {
        return row >= 0 && row < transcript.rowCount() && !transcript.at(row).meta.mix.isEmpty();
    };
    if (isMixed(wanted)) return wanted;
    for (int row = transcript.rowCount() - 1; row >= 0; --row) {
        if (isMixed(row)) return row;
    }
    return -1;
}

const Message *MixDesk::message(int row) const
{
    const TranscriptModel &transcript = *m_chats.transcript();
    return row >= 0 && row < transcript.rowCount() ? &transcript.at(row) : nullptr;
}

void MixDesk::showMeters(NodeId node)
{
    const Message *message = m_chats.transcript()->find(node);
    if (!message) return;
    const MixTrace &trace = message->meta.mix.trace;
    if (trace.isEmpty() || trace.voices != m_model.rowCount() ||
        !message->meta.mix.mix.isSameDesk(m_model.mix())) {
        m_model.setMeters({});
        return;
    }
    const QVector<float> shares = trace.meanShares(trace.tokens() - kMeterTokens, trace.tokens());
    QVector<MixerModel::Meter> meters;
    const int last = trace.tokens() - 1;
    for (int voice = 0; voice < trace.voices; ++voice)
        meters.push_back({shares[voice], trace.kl(last, voice), trace.gate(last, voice), true});
    m_model.setMeters(meters);
}

void MixDesk::showLastMeters()
{
    const Message *answer = message(answerRow(-1));
    if (answer)
        showMeters(answer->id);
    else
        m_model.setMeters({});
}

void MixDesk::handle(const engine::Event &event)
{
    if (const auto *loaded = std::get_if<ev::ModelLoaded>(&event)) {
        m_slots = loaded->slots;
        m_stateBytes = loaded->info.stateBytes;
        Q_EMIT changed();
    } else if (std::holds_alternative<ev::ModelUnloaded>(event)) {
        m_slots = m_busy = 0;
        m_stateBytes = 0;
        Q_EMIT changed();
    }
    const QString dropped = m_drops.take(engine::jobOf(event));
    if (dropped.isEmpty()) return;
    QString problem;
    if (const auto *state = std::get_if<ev::StateInspected>(&event)) {
        const bool isMisfit = !state->info.fits && m_slots > 0; // without a model nothing fits yet
        if (isMisfit) problem = QString::fromStdString(state->info.problem);
    } else if (const auto *failure = std::get_if<ev::Failed>(&event)) {
        problem = QString::fromStdString(failure->error.message());
    } else {
        return; // the engine ends
    }
    const QString name = m_library.nameOf(dropped);
    if (problem.isEmpty())
        m_model.add(name, dropped);
    else
        Q_EMIT m_model.resisted(tr("“%1” cannot be a voice: %2").arg(name, problem));
}

void MixDesk::takeSnapshot(const engine::Snapshot &snapshot)
{
    const int busy = snapshot.usedSlots;
    if (snapshot.slots == m_slots && busy == m_busy) return;
    m_slots = snapshot.loaded ? snapshot.slots : 0;
    m_busy = busy;
    if (m_stateBytes == 0 && m_slots > 0) m_stateBytes = snapshot.memory.states / std::size_t(m_slots);
    Q_EMIT changed();
}

} // namespace gui
