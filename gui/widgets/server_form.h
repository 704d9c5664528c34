#pragma once

#include "gui/settings.h"

#include <QWidget>

#include <vector>

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace gui
{

class EntryList;
class ServerHost;

/// What the endpoint is started with: address, key, limits, folders. Writes the settings at once; cannot be
/// changed while the server is on.
class ServerForm final : public QWidget
{
    Q_OBJECT

public:
    ServerForm(ServerHost &host, Settings &settings, QWidget *parent = nullptr);

private:
    void buildAddress();
    void buildKey();
    void buildLimits();
    // server_form_lists.cpp
    void buildFurtherKeys();
    void buildOrigins();
    void addOrigin(const QString &text);
    void refreshLists();
    void buildFolders();
    void addHeading(const QString &text);
    void addRow(const QString &label, QWidget *control);
    QSpinBox *number(Setting setting, const QString &name, int low, int high, const QString &suffix,
                     const QString &zero, const QString &toolTip);
    QCheckBox *toggle(Setting setting, const QString &name, const QString &text, const QString &toolTip);
    QWidget *folder(Setting setting, const QString &name, const QString &title, const QString &toolTip);
    void chooseFolder(Setting setting, const QString &title);
    void refresh();

    ServerHost &m_host;
    Settings &m_settings;
    QGridLayout *m_grid;
    QComboBox *m_address = nullptr;
    QCheckBox *m_asksKey = nullptr;
    QLineEdit *m_key = nullptr;
    QToolButton *m_show = nullptr;
    QToolButton *m_copy = nullptr;
    QPushButton *m_new = nullptr;
    EntryList *m_keys = nullptr;
    EntryList *m_origins = nullptr;
    std::vector<QWidget *> m_locked; ///< while it is on
};

} // namespace gui
