#pragma once

#include "engine/events.h"

#include <QWidget>

class QFormLayout;
class QLineEdit;

namespace gui
{

/// What a file does not always say of an adapter: alpha, the initial factors of PiSSA, the side of Bone's
/// blocks. Only what means something for its kind.
class AdapterOptions final : public QWidget
{
    Q_OBJECT

public:
    /// Whether there is anything to choose. `info` is nullptr where the file was not looked into yet: then
    /// all of it may be.
    static bool hasAny(const engine::AdapterInfo *info);

    /// Object names begin with `name`.
    AdapterOptions(const engine::AdapterUse &use, const engine::AdapterInfo *info, const QString &name,
                   QWidget *parent = nullptr);

Q_SIGNALS:
    /// Its path, scale and so on stay as they were given.
    void changed(const engine::AdapterUse &use);

private:
    void addAlpha(const engine::AdapterInfo *info);
    void addInit();
    void addBlocks();
    void chooseInit();

    engine::AdapterUse m_use;
    const QString m_name;
    QFormLayout *m_form;
    QLineEdit *m_init = nullptr;
};

} // namespace gui
