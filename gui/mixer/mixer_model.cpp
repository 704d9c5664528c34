#include "gui/mixer/mixer_model.h"

#include <algorithm>
#include <cmath>

namespace gui
{
namespace
{

constexpr std::size_t kMostUndo = 200;
constexpr double kStep = 0.01;

double rounded(double gate) { return std::round(gate / kStep) * kStep; }

/// What gate a row may have at least, so that the mix is sound; everything else is as it is.
double leastFor(Mix mix, int row, double wanted)
{
    mix.voices[row].gate = wanted;
    if (mix.isSound()) return wanted;
    for (double gate = rounded(wanted); gate <= Mix::kMostGate + kStep / 2; gate = rounded(gate + kStep)) {
        mix.voices[row].gate = gate;
        if (mix.isSound()) return gate;
    }
    return mix.voices[row].gate;
}

} // namespace

double MixerModel::leastGate() const { return m_mix.rule == engine::BlendRule::Logits ? Mix::kLeastGate : 0; }

int MixerModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_mix.voices.size());
}

QVariant MixerModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const MixVoice &voice = m_mix.voices[index.row()];
    const Meter &meter = m_meters[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return voice.name;
    case Qt::ToolTipRole:
        return voice.isBase() ? tr("The model without a state") : voice.path;
    case Qt::AccessibleTextRole:
        return tr("Voice %1, gate %2").arg(voice.name, gateText(voice.gate));
    case PathRole:
        return voice.path;
    case Qt::EditRole:
    case GateRole:
        return voice.gate;
    case MutedRole:
        return voice.isMuted;
    case SoloRole:
        return voice.isSolo;
    case SoundsRole:
        return m_mix.sounds(index.row());
    case ShareRole:
        return meter.isKnown ? QVariant(meter.share) : QVariant();
    case KlRole:
        return meter.isKnown ? QVariant(meter.kl) : QVariant();
    default:
        return {};
    }
}

bool MixerModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return false;
    const Mix before = m_mix;
    if (role == Qt::EditRole || role == GateRole) {
        bool isNumber = false;
        const double gate = value.toDouble(&isNumber);
        if (!isNumber || !std::isfinite(gate)) return false;
        setGate(index.row(), gate);
    } else if (role == MutedRole) {
        setMuted(index.row(), value.toBool());
    } else if (role == SoloRole) {
        setSolo(index.row(), value.toBool());
    }
    return !(before == m_mix);
}

Qt::ItemFlags MixerModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags flags = QAbstractListModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsEditable | Qt::ItemNeverHasChildren : flags;
}

QHash<int, QByteArray> MixerModel::roleNames() const
{
    return {{PathRole, "path"},     {GateRole, "gate"},   {MutedRole, "muted"}, {SoloRole, "solo"},
            {SoundsRole, "sounds"}, {ShareRole, "share"}, {KlRole, "kl"}};
}

void MixerModel::show(const Mix &mix)
{
    m_undo.clear();
    m_redo.clear();
    m_gesture = 0;
    take(mix, false);
}

void MixerModel::choose(const Mix &mix)
{
    if (mix == m_mix) return;
    push(m_mix);
    take(mix, true);
}

/// Rows change only as far as they must, so that a view keeps its strips.
void MixerModel::take(const Mix &mix, bool isEdit)
{
    const bool sameRows =
        mix.voices.size() == m_mix.voices.size() &&
        std::equal(mix.voices.begin(), mix.voices.end(), m_mix.voices.begin(),
                   [](const MixVoice &a, const MixVoice &b) { return a.path == b.path && a.name == b.name; });
    if (sameRows) {
        m_mix = mix;
        if (rowCount() > 0) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
    } else {
        beginResetModel();
        m_mix = mix;
        m_meters.assign(std::size_t(mix.voices.size()), {});
        endResetModel();
    }
    Q_EMIT shown();
    if (isEdit) Q_EMIT edited();
}

void MixerModel::push(const Mix &before)
{
    m_redo.clear();
    if (m_gesture > 0) return; // the gesture is the step
    if (m_undo.size() == kMostUndo) m_undo.erase(m_undo.begin());
    m_undo.push_back(before);
}

/// Why the sum of this mix can go no lower, or is too low.
QString MixerModel::whyUnsound(const Mix &mix) const
{
    bool steers = false;
    for (int row = 0; row < mix.voices.size(); ++row)
        steers = steers || (mix.sounds(row) && mix.voices[row].gate < 0);
    if (!steers) return tr("At least one voice must be heard: the sum of the gates cannot be 0.");
    return tr("Beside a negative gate the sum stays at %1 or more; less would only amplify noise.")
        .arg(gateText(Mix::kLeastSteeredSum));
}

bool MixerModel::tryMix(const Mix &mix, const QString &why)
{
    if (mix == m_mix) return true;
    if (!mix.isSound()) {
        Q_EMIT resisted(why.isEmpty() ? whyUnsound(mix) : why);
        return false;
    }
    push(m_mix);
    take(mix, true);
    return true;
}

void MixerModel::setGate(int row, double gate)
{
    Mix mix = m_mix;
    const double wanted = rounded(std::clamp(gate, leastGate(), Mix::kMostGate));
    mix.voices[row].gate = wanted;
    QString why;
    if (!mix.isSound()) {
        // The nearest gate that can be; from below the sum may pass 0 only by way of what is not allowed.
        mix.voices[row].gate = leastFor(mix, row, wanted);
        if (mix.voices[row].gate > std::max(wanted, m_mix.voices[row].gate) + kStep / 2)
            mix.voices[row].gate = m_mix.voices[row].gate;
        why = whyUnsound(mix);
    } else if (gate < leastGate() - kStep / 2) {
        Q_EMIT resisted(tr("Only a blend of logits can steer away from a voice."));
    }
    tryMix(mix, {});
    if (!why.isEmpty()) Q_EMIT resisted(why);
}

void MixerModel::setMuted(int row, bool muted)
{
    Mix mix = m_mix;
    mix.voices[row].isMuted = muted;
    tryMix(mix, {});
}

void MixerModel::setSolo(int row, bool solo)
{
    Mix mix = m_mix;
    mix.voices[row].isSolo = solo;
    const bool isSilent = solo && (mix.voices[row].gate <= 0 || mix.voices[row].isMuted);
    tryMix(mix, isSilent ? tr("A voice alone needs a gate above 0 and no mute.") : QString());
}

void MixerModel::setRule(engine::BlendRule rule)
{
    Mix mix = m_mix;
    mix.rule = rule;
    dropLane(mix);
    bool isCut = false;
    for (MixVoice &voice : mix.voices) {
        if (rule != engine::BlendRule::Probabilities || voice.gate >= 0) continue;
        voice.gate = 0;
        isCut = true;
    }
    if (mix.isEmpty() || tryMix(mix, {})) {
        if (mix.isEmpty() && !(mix == m_mix)) take(mix, true);
        if (isCut) Q_EMIT resisted(tr("Probabilities cannot be subtracted: negative gates became 0."));
    }
}

void MixerModel::setLane(const std::vector<engine::GatePoint> &lane)
{
    if (lane == m_mix.lane) return;
    Mix mix = m_mix;
    mix.lane = lane;
    if (!mix.isLaneSound()) {
        Q_EMIT resisted(tr("This lane is not for these voices and this blend."));
        return;
    }
    push(m_mix);
    take(mix, true);
}

/// A lane is about its voices and its rule: with others it makes no sense.
void MixerModel::dropLane(Mix &mix)
{
    if (mix.lane.empty() || mix.isSameDesk(m_mix)) return;
    mix.lane.clear();
    Q_EMIT resisted(tr("The lane was for other voices or another blend; it was taken out of the mix."));
}

void MixerModel::setPolicy(const engine::GatePolicy &policy)
{
    if (policy == m_mix.policy) return;
    Mix mix = m_mix;
    mix.policy = policy;
    push(m_mix);
    take(mix, true);
}

void MixerModel::setOn(bool on)
{
    if (on == m_mix.isOn) return;
    Mix mix = m_mix;
    mix.isOn = on;
    push(m_mix);
    take(mix, true);
}

void MixerModel::setName(const QString &name)
{
    if (name == m_mix.name) return;
    Mix mix = m_mix;
    mix.name = name;
    take(mix, true);
}

bool MixerModel::add(const QString &name, const QString &path)
{
    if (m_mix.find(path) >= 0) {
        Q_EMIT resisted(tr("“%1” is a voice already.").arg(name));
        return false;
    }
    if (m_mix.voices.size() >= engine::MixSpec::kMostVoices) {
        Q_EMIT resisted(tr("A mix has at most %n voice(s).", nullptr, engine::MixSpec::kMostVoices));
        return false;
    }
    Mix mix = m_mix;
    const bool beforeBase = !mix.isEmpty() && mix.voices.last().isBase();
    MixVoice voice;
    voice.name = name;
    voice.path = path;
    mix.voices.insert(mix.voices.size() - (beforeBase ? 1 : 0), voice);
    mix.isOn = true;
    dropLane(mix);
    push(m_mix);
    take(mix, true);
    return true;
}

void MixerModel::remove(int row)
{
    Mix mix = m_mix;
    mix.voices.removeAt(row);
    if (!mix.isEmpty() && !mix.isSound()) { // somebody must speak
        for (MixVoice &voice : mix.voices)
            voice.isMuted = voice.isSolo = false;
        if (!mix.isSound()) mix.voices.first().gate = 1;
        if (!mix.isSound()) {
            for (MixVoice &voice : mix.voices)
                voice.gate = std::max(0.0, voice.gate);
        }
    }
    dropLane(mix);
    push(m_mix);
    take(mix, true);
}

void MixerModel::move(int row, int step)
{
    const int to = row + step;
    if (row < 0 || to < 0 || to >= rowCount() || voice(row).isBase() || voice(to).isBase()) return;
    Mix mix = m_mix;
    mix.voices.swapItemsAt(row, to);
    dropLane(mix);
    push(m_mix);
    take(mix, true);
}

void MixerModel::normalise()
{
    const double sum = m_mix.sum();
    if (sum <= 0) return;
    Mix mix = m_mix;
    for (int row = 0; row < mix.voices.size(); ++row) {
        double &gate = mix.voices[row].gate;
        if (mix.sounds(row)) gate = rounded(std::clamp(gate / sum, leastGate(), Mix::kMostGate));
    }
    // Two digits do not always add up to 1: the loudest takes what is missing.
    const auto loudest =
        std::max_element(mix.voices.begin(), mix.voices.end(), [&](const MixVoice &a, const MixVoice &b) {
            const auto heard = [&](const MixVoice &v) { return mix.sounds(mix.find(v.path)) ? v.gate : -9; };
            return heard(a) < heard(b);
        });
    loudest->gate = rounded(std::clamp(loudest->gate + 1 - mix.sum(), leastGate(), Mix::kMostGate));
    tryMix(mix, {});
}

void MixerModel::beginGesture()
{
    if (m_gesture++ == 0) m_before = m_mix;
}

void MixerModel::endGesture()
{
    if (m_gesture == 0 || --m_gesture > 0) return;
    if (!(m_before == m_mix)) push(m_before);
    Q_EMIT shown(); // whether there is something to take back
}

void MixerModel::undo()
{
    if (m_undo.empty() || m_gesture > 0) return;
    m_redo.push_back(m_mix);
    const Mix mix = m_undo.back();
    m_undo.pop_back();
    take(mix, true);
}

void MixerModel::redo()
{
    if (m_redo.empty() || m_gesture > 0) return;
    m_undo.push_back(m_mix);
    const Mix mix = m_redo.back();
    m_redo.pop_back();
    take(mix, true);
}

void MixerModel::setMeters(const QVector<Meter> &meters)
{
    for (std::size_t row = 0; row < m_meters.size(); ++row)
        m_meters[row] = qsizetype(row) < meters.size() ? meters[qsizetype(row)] : Meter{};
    if (rowCount() > 0) Q_EMIT dataChanged(index(0), index(rowCount() - 1), {ShareRole, KlRole});
    Q_EMIT metersChanged();
}

} // namespace gui
