#pragma once

#include "gui/mixer/mix_trace.h"

#include <QAbstractListModel>

#include <vector>

namespace gui
{

/// The mixer's strips: one row a voice, with fader, mute, solo and meters, and what concerns all of them.
///
/// No change leads to a mix that the engine refuses: the sum of gates cannot become 0, and only a logits
/// blend has negative gates. A change that would is made as far as it can be, or not at all, and `resisted`
/// says why. Everything but meters can be taken back; from beginGesture() to endGesture() is one step.
/// Thread: GUI.
class MixerModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Roles { PathRole = Qt::UserRole, GateRole, MutedRole, SoloRole, SoundsRole, ShareRole, KlRole };

    /// What one voice did in the newest tokens.
    struct Meter {
        float share = 0;
        float kl = 0;
        float gate = 0; ///< in use, behind lane and policy
        bool isKnown = false;
    };

    using QAbstractListModel::QAbstractListModel;

    const Mix &mix() const { return m_mix; }
    const MixVoice &voice(int row) const { return m_mix.voices[row]; }
    const Meter &meter(int row) const { return m_meters[std::size_t(row)]; }
    /// The gate that other software would be told: the lower limit of the faders.
    double leastGate() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QHash<int, QByteArray> roleNames() const override;

    /// Another mix is shown, such as that of another chat; its past is not this one's.
    void show(const Mix &mix);
    /// The user chose another mix: can be taken back.
    void choose(const Mix &mix);

    void setGate(int row, double gate);
    void setMuted(int row, bool muted);
    void setSolo(int row, bool solo);
    void setRule(engine::BlendRule rule);
    void setPolicy(const engine::GatePolicy &policy);
    void setOn(bool on);
    void setName(const QString &name); ///< not a step
    /// The lane that answers follow; none: the faders. A lane that the engine would refuse is not taken.
    void setLane(const std::vector<engine::GatePoint> &lane);
    /// A further voice, before the base; false (and `resisted`) if it is there or there is no room.
    bool add(const QString &name, const QString &path);
    void remove(int row);
    void move(int row, int step); ///< the base stays last
    /// Scales the gates that sound to the sum 1, as far as the faders go.
    void normalise();

    void beginGesture();
    void endGesture();
    bool canUndo() const { return !m_undo.empty(); }
    bool canRedo() const { return !m_redo.empty(); }
    void undo();
    void redo();

    /// Of the newest tokens, one a voice; none: nothing was heard yet.
    void setMeters(const QVector<Meter> &meters);

Q_SIGNALS:
    void edited(); ///< by the user: mix() is another
    void shown();  ///< mix() is another; also by show()
    void metersChanged();
    void resisted(const QString &why);

private:
    void push(const Mix &before);
    void take(const Mix &mix, bool isEdit);
    bool tryMix(const Mix &mix, const QString &why);
    void dropLane(Mix &mix);
    QString whyUnsound(const Mix &mix) const;

    Mix m_mix;
    std::vector<Meter> m_meters;
    std::vector<Mix> m_undo, m_redo; ///< latest last
    Mix m_before;                    ///< the gesture
    int m_gesture = 0;
};

} // namespace gui
